-- Whether and how somebody may enter a room. ARGV: 10 the room, 11 its key's seal ('' without, 'long'
-- for one that is too long), 12 rooms that there may be, 13 rooms that one may be in where none is
-- left, else ''.
if ARGV[11] == 'long' then return answer('refused', 'key_too_long') end
local to = string.lower(ARGV[10])
local known = redis.call('HMGET', K.room .. to .. K.meta, 'name', 'seal')
local room, key = {room = to, name = known[1], seal = known[2]}, 'fitting'
if room.name and redis.call('SISMEMBER', K.room .. to, me) == 1 then
  return answer('refused', 'already_in', room.name)
end
if ARGV[13] ~= '' and redis.call('ZCARD', K.rooms_of .. me) >= tonumber(ARGV[13]) then
  return answer('refused', 'in_enough_rooms')
end
if room.name then
  if room.seal and room.seal ~= ARGV[11] then return answer('refused', 'wrong_key', room.name) end
  if not room.seal and ARGV[11] ~= '' then key = 'needless' end
else
  redis.call('SCARD', K.room .. to)
  local there = redis.call('ZCARD', K.rooms) + redis.call('SCARD', K.private_rooms)
  if there >= tonumber(ARGV[12]) then return answer('refused', 'too_many_rooms') end
end
redis.call('ZCARD', K.rooms)
redis.call('HEXISTS', K.user_room, me)
local top = redis.call('ZREVRANGE', K.rooms_of .. me, 0, 0, 'WITHSCORES')

-- Goes in; the room is made where there is none.
local function go_in()
  local is_new = not room.name
  if is_new then
    room.name = ARGV[10]
    if ARGV[11] ~= '' then room.seal = ARGV[11] end
  end
  local here = enter(room, me, ARGV[7], (top[2] or 0) + 1)
  if not here then return 'epoch\n-\n' end
  if is_new then
    also('HSET', K.room .. to .. K.meta, 'name', room.name)
    if room.seal then
      also('HSET', K.room .. to .. K.meta, 'seal', room.seal)
      also('SADD', K.private_rooms, to)
    end
  end
  return answer('ok', room.name, string.format('%d', here), key)
end
