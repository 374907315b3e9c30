-- Whether a run has a lease. One that lasts longer than any is given was given before the store's
-- clock went back: it counts from now.
local function has_lease(run)
  local left = redis.call('PTTL', K.lease .. run)
  if left > 8000 then redis.call('PEXPIRE', K.lease .. run, 8000) end
  return left ~= -2
end
