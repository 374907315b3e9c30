-- ARGV: 8 the stored form of its password so far, 9 the new one, 10 'revoke' where that is of
-- another password.
if before then return before end
local proofs = proofs_of(me)
if redis.call('HGET', K.account .. me, 'hash') ~= ARGV[8] then return answer('ok', 'conflict') end
redis.call('HSET', K.account .. me, 'hash', ARGV[9])
if ARGV[10] == 'revoke' then revoke(me, proofs) end
return answer('ok', 'stored')
