-- ARGV: 8 the family, 9 the hash of the token, 10 the hash of the next one, 11 ms that a token lives.
-- Whether the settings have the account is for the node to say.
if before then return before end
local token = K.token .. ARGV[8]
local kept = redis.call('HMGET', token, 'user', 'hash')
local user = kept[1]
if not user then return answer('ok', 'unknown') end
local families, name = K.tokens .. user, redis.call('HGET', K.account .. user, 'name')
redis.call('ZCARD', families)
if kept[2] ~= ARGV[9] then
  redis.call('DEL', token)
  also('ZREM', families, ARGV[8])
  return answer('ok', 'reused')
end
redis.call('HSET', token, 'hash', ARGV[10])
also('PEXPIRE', token, ARGV[11])
also('ZADD', families, now, ARGV[8])
also('PEXPIRE', families, ARGV[11])
return answer('ok', 'redeemed', user, name or '-')
