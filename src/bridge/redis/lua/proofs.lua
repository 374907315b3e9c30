-- What proves an account beside its password: the families of its resume tokens, and the
-- certificates of clients. Nothing of it is good any more once it is revoked.
local function proofs_of(user)
  return {redis.call('ZRANGE', K.tokens .. user, 0, -1),
    redis.call('SMEMBERS', K.certificates_of .. user)}
end
local function revoke(user, proofs)
  local families, certificates = proofs[1], proofs[2]
  for _, family in ipairs(families) do also('DEL', K.token .. family) end
  if #certificates > 0 then also('HDEL', K.certificates, unpack(certificates)) end
  also('DEL', K.tokens .. user, K.certificates_of .. user)
end
