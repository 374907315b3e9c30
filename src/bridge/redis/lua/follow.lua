-- ARGV: 9 the author, 10 the same as configured or '', 11 how many one may follow.
local author, spelled = resolve(ARGV[9], ARGV[10])
if not author then return answer('refused', 'no_such_user', ARGV[9]) end
if author == me then return answer('refused', 'to_yourself') end
if is_guest(author) then return answer('refused', 'only_for_accounts') end
if redis.call('SISMEMBER', K.follows .. me, author) == 1 then return answer('ok', spelled) end
if redis.call('SCARD', K.follows .. me) >= tonumber(ARGV[11]) then
  return answer('refused', 'too_many_subscriptions')
end
redis.call('SCARD', K.subs .. author)
redis.call('HLEN', K.followed .. me)
local position = append('"type":"followed","author":"' .. spelled .. '","follower":"' .. ARGV[7]
  .. '"', now)
if not position then return 'epoch\n-\n' end
also('SADD', K.follows .. me, author)
also('HSET', K.followed .. me, author, position)
also('SADD', K.subs .. author, me)
if spelled ~= author then also('HSET', K.names, author, spelled) end
return answer('ok', spelled)
