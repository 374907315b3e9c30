-- ARGV: 9 the certificate.
local of = K.certificates_of .. me
local owner = redis.call('HGET', K.certificates, ARGV[9])
redis.call('SCARD', of)
if owner == me then
  redis.call('HDEL', K.certificates, ARGV[9])
  also('SREM', of, ARGV[9])
end
return answer('ok', table.concat(redis.call('SMEMBERS', of), ' '))
