-- What in a store of conclave does not fit together. ARGV: 1 the prefix.
local p, odd = ARGV[1], {}
local function note(...) odd[#odd + 1] = table.concat({...}, ' ') end
local function call(...) return redis.call(...) end
local function behind(key, name) return string.sub(key, #p + #name + 1) end

local sessions = call('HGETALL', p .. 'sessions')
for n = 1, #sessions, 2 do
  local user, run = sessions[n], string.match(sessions[n + 1], '^%S+ (%S+)')
  if call('SISMEMBER', p .. 'held:' .. run, user) == 0 then note(user, 'is not held by', run) end
  local rooms = call('ZRANGE', p .. 'rooms:' .. user, 0, -1)
  if #rooms == 0 then note(user, 'is in no room') end
  for _, room in ipairs(rooms) do
    if call('SISMEMBER', p .. 'room:' .. room, user) == 0 then note(user, 'is not in', room) end
  end
  local current = call('HGET', p .. 'user:room', user)
  if not current or not call('ZSCORE', p .. 'rooms:' .. user, current) then
    note(user, 'has a strange current room')
  end
end
for _, key in ipairs(call('KEYS', p .. 'held:*')) do
  for _, user in ipairs(call('SMEMBERS', key)) do
    local held = call('HGET', p .. 'sessions', user)
    if not held or string.match(held, '^%S+ (%S+)') ~= behind(key, 'held:') then
      note(user, 'does not live at', key)
    end
  end
end
for _, key in ipairs(call('KEYS', p .. 'room:*')) do
  if call('TYPE', key).ok == 'set' then
    for _, user in ipairs(call('SMEMBERS', key)) do
      local is_there = call('ZSCORE', p .. 'rooms:' .. user, behind(key, 'room:'))
      if not is_there or call('HEXISTS', p .. 'sessions', user) == 0 then
        note(user, 'is a ghost in', key)
      end
    end
  end
end
for _, key in ipairs(call('KEYS', p .. 'rooms:*')) do
  if call('HEXISTS', p .. 'sessions', behind(key, 'rooms:')) == 0 then note(key, 'is nobodys') end
end
local rooms = call('ZRANGE', p .. 'rooms', 0, -1, 'WITHSCORES')
for n = 1, #rooms, 2 do
  local here = call('SCARD', p .. 'room:' .. string.lower(rooms[n]))
  if here ~= tonumber(rooms[n + 1]) then note(rooms[n], 'has', here, 'and not', rooms[n + 1]) end
end
return odd
