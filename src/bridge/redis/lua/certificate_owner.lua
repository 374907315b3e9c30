-- ARGV: 1 the certificate. The account as a key, and as registered if it is in the store.
local user = redis.call('HGET', K.certificates, ARGV[1])
if not user then return {} end
return {user, redis.call('HGET', K.account .. user, 'name')}
