-- The families of an account's resume tokens; none of them is good any more once they are revoked.
local function families_of(user) return redis.call('ZRANGE', K.tokens .. user, 0, -1) end
local function revoke(user, families)
  for _, family in ipairs(families) do also('DEL', K.token .. family) end
  also('DEL', K.tokens .. user)
end
