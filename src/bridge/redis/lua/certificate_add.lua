-- ARGV: 9 the certificate, 10 certificates that an account may have.
local of = K.certificates_of .. me
local owner, count = redis.call('HGET', K.certificates, ARGV[9]), redis.call('SCARD', of)
if owner and owner ~= me then return answer('refused', 'certificate_taken') end
if not owner and count >= tonumber(ARGV[10]) then return answer('refused', 'too_many_certificates') end
redis.call('HSET', K.certificates, ARGV[9], me)
also('SADD', of, ARGV[9])
return answer('ok', table.concat(redis.call('SMEMBERS', of), ' '))
