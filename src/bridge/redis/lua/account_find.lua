-- ARGV: 1 the name in lower case.
return redis.call('HMGET', K.account .. ARGV[1], 'name', 'hash')
