-- Entering and leaving: everything is read before the first write.
local function meta(room)
  local found = redis.call('HMGET', K.room .. room .. K.meta, 'name', 'seal')
  redis.call('SCARD', K.room .. room)
  return {room = room, name = found[1] or room, seal = found[2]}
end

-- The rooms that somebody is in, the one entered last at the end.
local function rooms_of(user)
  redis.call('ZCARD', K.rooms)
  redis.call('HEXISTS', K.user_room, user)
  local all = {}
  for n, room in ipairs(redis.call('ZRANGE', K.rooms_of .. user, 0, -1)) do all[n] = meta(room) end
  return all
end

-- How an event names them.
local function named(rooms)
  if #rooms == 0 then return '' end
  local names = {}
  for n, room in ipairs(rooms) do names[n] = room.name end
  return ',"rooms":["' .. table.concat(names, '","') .. '"]'
end

local function count(room)
  local here = also('SCARD', K.room .. room.room)
  if type(here) ~= 'number' then here = 0 end
  if not room.seal then also('ZADD', K.rooms, here, room.name) end
  return here
end

-- A room vanishes when it is empty and has neither key, topic nor history; the lobby never.
local function remove_if_void(room)
  if room.room == 'lobby' or room.seal then return false end
  local key = K.room .. room.room
  local topic = also('HEXISTS', key .. K.meta, 'topic')
  if topic ~= 0 or also('EXISTS', key, key .. K.history) ~= 0 then return false end
  also('DEL', key .. K.meta)
  also('ZREM', K.rooms, room.name)
  return true
end

-- `how` is what the event tells beside that.
local function leave(room, user, name, how)
  local event = '"type":"left","room":"' .. room.name .. '","user":"' .. name .. '"' .. how
  if not append(event, now) then return false end
  also('SREM', K.room .. room.room, user)
  also('ZREM', K.rooms_of .. user, room.room)
  count(room)
  remove_if_void(room)
  return true
end

-- `order` is above that of the rooms entered before.
local function enter(room, user, name, order)
  local event = '"type":"entered","room":"' .. room.name .. '","user":"' .. name .. '"'
  local profile = also('HGET', K.profiles, user)
  if type(profile) == 'string' then event = event .. ',"profile":' .. profile end
  if not append(event, now) then return false end
  also('SADD', K.room .. room.room, user)
  also('ZADD', K.rooms_of .. user, order, room.room)
  also('HSET', K.user_room, user, room.room)
  return count(room)
end

-- Behind a leave: `user:room` is the room entered last of those that somebody is still in.
local function is_in_last(user)
  local last = also('ZREVRANGE', K.rooms_of .. user, 0, 0)[1]
  if last then
    also('HSET', K.user_room, user, last)
  else
    also('HDEL', K.user_room, user)
  end
end
