-- The next ordinal of a conversation that is no room's, and a time not before its last.
local function next_of(kind, user)
  local known = redis.call('HMGET', K.ordinals .. user, kind, kind .. '_at')
  local at = now
  if known[2] and tonumber(known[2]) > tonumber(at) then at = known[2] end
  return string.format('%d', (known[1] or 0) + 1), at
end
