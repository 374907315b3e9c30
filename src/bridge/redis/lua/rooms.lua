-- Entering and leaving: everything is read before the first write.
local function meta(room)
  local found = redis.call('HMGET', K.room .. room .. K.meta, 'name', 'seal', 'modes', 'limit', 'made')
  redis.call('SCARD', K.room .. room)
  local seal, modes = found[2], found[3] or ''
  return {room = room, name = found[1] or room, is_there = found[1], seal = seal, modes = modes,
    limit = found[4], made = found[5], is_private = seal or string.find(modes, R.private)}
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

local function count_members(room)
  local here = also('SCARD', K.room .. room.room)
  if type(here) ~= 'number' then here = 0 end
  if not room.is_private then also('ZADD', K.rooms, here, room.name) end
  return here
end

-- A room vanishes when it is empty and has neither key, topic nor history; the lobby never. What else
-- happened in it keeps it from nothing.
local function remove_if_void(room)
  if room.room == 'lobby' or room.seal then return false end
  local key = K.room .. room.room
  local topic = also('HEXISTS', key .. K.meta, 'topic')
  if topic ~= 0 or also('EXISTS', key, key .. K.history) ~= 0 then return false end
  local ranked = also('HKEYS', key .. K.ranks)
  for _, user in ipairs(ranked) do also('SREM', K.ranked .. user, room.room) end
  also('DEL', key .. K.meta, key .. K.ranks, key .. K.masks, key .. K.events)
  also('ZREM', K.rooms, room.name)
  if room.is_private then also('SREM', K.private_rooms, room.room) end
  return true
end

local QUIT = ',"how":"quit"'

-- `how` is what the event tells beside that.
local function leave(room, user, name, how)
  local event = '"type":"left","room":"' .. room.name .. '","user":"' .. name .. '"' .. how
  local id, record = append(event, now)
  if not id then return false end
  also('SREM', K.room .. room.room, user)
  also('ZREM', K.rooms_of .. user, room.room)
  -- A guest's rank ends with leaving: nobody comes back to it.
  if string.sub(user, 1, 1) == '~' then
    also('HDEL', K.room .. room.room .. K.ranks, user)
    also('SREM', K.ranked .. user, room.room)
  end
  count_members(room)
  room.is_void = remove_if_void(room)
  -- Who quits is told once, by the release.
  if how ~= QUIT then happened(room, id, record) end
  return true
end

-- `order` is above that of the rooms entered before; `room.ranks` was read before.
local function enter(room, user, name, order)
  local event = '"type":"entered","room":"' .. room.name .. '","user":"' .. name .. '"'
  if room.ranks then event = event .. ',"rank":"' .. room.ranks .. '"' end
  local profile = also('HGET', K.profiles, user)
  if type(profile) == 'string' then event = event .. ',"profile":' .. profile end
  -- An earlier version kept no more than that somebody is away.
  local away = also('HGET', K.away, user)
  if type(away) == 'string' and away ~= '1' then event = event .. ',"away":' .. away end
  local id, record = append(event, now)
  if not id then return false end
  also('SADD', K.room .. room.room, user)
  also('ZADD', K.rooms_of .. user, order, room.room)
  also('HSET', K.user_room, user, room.room)
  also('ZREM', K.invites .. user, room.room)
  happened(room, id, record)
  return count_members(room)
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
