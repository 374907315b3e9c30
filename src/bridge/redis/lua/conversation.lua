-- The next ordinal of a conversation that is no room's, and a time not before its last.
local function next_of(kind, user)
  local known = redis.call('HMGET', K.ordinals .. user, kind, kind .. '_at')
  local at = now
  if known[2] and tonumber(known[2]) > tonumber(at) then at = known[2] end
  return string.format('%d', (known[1] or 0) + 1), at
end

-- Keeps what was appended for those who are not there; nothing of it in 0 seconds.
local function keep(stream, id, record, most, seconds)
  if seconds == '0' then return end
  also('XADD', stream, 'MAXLEN', most, id, 'e', record)
  also('EXPIRE', stream, seconds)
end
