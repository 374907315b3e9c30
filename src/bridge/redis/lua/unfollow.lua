-- ARGV: 9 the author, 10 the same as configured or ''.
-- Whom somebody follows may have no account any more; that can be undone all the same.
local author, spelled = resolve(ARGV[9], ARGV[10])
if not author then
  author = string.lower(ARGV[9])
  spelled = shown({author})[1]
end
if redis.call('SISMEMBER', K.follows .. me, author) == 0 then
  if not resolve(ARGV[9], ARGV[10]) then return answer('refused', 'no_such_user', ARGV[9]) end
  return answer('ok', spelled)
end
redis.call('SCARD', K.subs .. author)
redis.call('HLEN', K.followed .. me)
if not append('"type":"unfollowed","author":"' .. spelled .. '","follower":"' .. ARGV[7] .. '"', now)
  then return 'epoch\n-\n' end
also('SREM', K.follows .. me, author)
also('HDEL', K.followed .. me, author)
also('SREM', K.subs .. author, me)
return answer('ok', spelled)
