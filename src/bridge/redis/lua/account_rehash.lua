-- ARGV: 8 the stored form of its password so far, 9 the new one.
if before then return before end
if redis.call('HGET', K.account .. me, 'hash') ~= ARGV[8] then return answer('ok', 'conflict') end
redis.call('HSET', K.account .. me, 'hash', ARGV[9])
return answer('ok', 'stored')
