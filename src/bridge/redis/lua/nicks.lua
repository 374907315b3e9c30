-- Who may be seen under which nick. `nicks` has those that are no account's own name.
redis.call('HLEN', K.nicks)

-- Why somebody may not have a nick, if they may not; `configured` is the account of that name in the
-- settings, or ''.
local function nick_refused(nick, configured)
  local lower = string.lower(nick)
  if lower == me then return nil end
  local by = has_nick(lower)
  if by and by ~= me then return 'nick_in_use' end
  if registered(nick, configured) then return 'nick_registered' end
  return nil
end

local function nick_of(spelled)
  local nick = string.match(spelled, '/(.*)$')
  return nick and string.lower(nick)
end

-- Behind the log: somebody is spelled so, and was spelled `was` before.
local function is_spelled(name, was)
  local nick, before = nick_of(name), nick_of(was)
  if before and before ~= nick and also('HGET', K.nicks, before) == me then
    also('HDEL', K.nicks, before)
  end
  if nick and nick ~= me then also('HSET', K.nicks, nick, me) end
  if name == me then also('HDEL', K.names, me) else also('HSET', K.names, me, name) end
end

-- Tells those in some rooms that somebody is spelled otherwise.
local function renames(name, was, rooms)
  local event = '"type":"nicked","user":"' .. name .. '","was":"' .. was .. '"' .. named(rooms)
  local id, record = append(event, now)
  if not id then return false end
  for _, room in ipairs(rooms) do happened(room, id, record) end
  return true
end
