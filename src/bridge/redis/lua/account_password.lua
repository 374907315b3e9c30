-- The operator's. ARGV: 8 the stored form of its password.
local proofs = proofs_of(me)
if redis.call('HEXISTS', K.account .. me, 'name') == 0 then return answer('ok', 'conflict') end
redis.call('HSET', K.account .. me, 'hash', ARGV[8])
revoke(me, proofs)
return answer('ok', 'stored')
