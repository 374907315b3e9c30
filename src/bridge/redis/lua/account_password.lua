-- The operator's. ARGV: 1 the name in lower case, 2 the stored form of its password.
if redis.call('HEXISTS', K.account .. ARGV[1], 'name') == 0 then return 0 end
redis.call('HSET', K.account .. ARGV[1], 'hash', ARGV[2])
return 1
