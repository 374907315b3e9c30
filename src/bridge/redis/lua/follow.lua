-- ARGV: 9 the author, 10 the same as configured or '', 11 how many one may follow.
if string.lower(ARGV[9]) == me then return answer('refused', 'to_yourself') end
local name = registered(ARGV[9], ARGV[10])
if not name then return answer('refused', 'no_such_user', ARGV[9]) end
local author = string.lower(name)
if redis.call('SISMEMBER', K.follows .. me, author) == 1 then return answer('ok', name) end
if redis.call('SCARD', K.follows .. me) >= tonumber(ARGV[11]) then
  return answer('refused', 'too_many_subscriptions')
end
redis.call('SCARD', K.subs .. author)
redis.call('HEXISTS', K.names, author)
redis.call('HLEN', K.followed .. me)
local id = append('"type":"followed","author":"' .. name .. '","follower":"' .. ARGV[7] .. '"', now)
if not id then return 'epoch\n-\n' end
also('SADD', K.follows .. me, author)
also('HSET', K.followed .. me, author, id)
also('SADD', K.subs .. author, me)
if name ~= author then also('HSET', K.names, author, name) end
return answer('ok', name)
