-- ARGV: 9 the room to leave, 10 the room to enter, 11 its key's seal ('' without, 'long' for one
-- that is too long), 12 rooms that there may be.
local from
for _, room in ipairs(rooms_of(me)) do
  if room.room == string.lower(ARGV[9]) then from = room end
end
if not from or redis.call('SISMEMBER', K.room .. from.room, me) == 0 then
  return answer('refused', 'not_in', ARGV[9])
end
if ARGV[11] == 'long' then return answer('refused', 'key_too_long') end

local to = string.lower(ARGV[10])
local known = redis.call('HMGET', K.room .. to .. K.meta, 'name', 'seal')
local room, key = {room = to, name = known[1], seal = known[2]}, 'fitting'
if room.name then
  if redis.call('SISMEMBER', K.room .. to, me) == 1 then
    return answer('refused', 'already_in', room.name)
  end
  if room.seal and room.seal ~= ARGV[11] then return answer('refused', 'wrong_key', room.name) end
  if not room.seal and ARGV[11] ~= '' then key = 'needless' end
else
  redis.call('SCARD', K.room .. to)
  local there = redis.call('ZCARD', K.rooms) + redis.call('SCARD', K.private_rooms)
  if there >= tonumber(ARGV[12]) then return answer('refused', 'too_many_rooms') end
end
local top = redis.call('ZREVRANGE', K.rooms_of .. me, 0, 0, 'WITHSCORES')

if not leave(from, me, ARGV[7]) then return 'epoch\n-\n' end
if not room.name then
  room.name = ARGV[10]
  also('HSET', K.room .. to .. K.meta, 'name', room.name)
  if ARGV[11] ~= '' then
    room.seal = ARGV[11]
    also('HSET', K.room .. to .. K.meta, 'seal', room.seal)
    also('SADD', K.private_rooms, to)
  end
end
local here = enter(room, me, ARGV[7], (top[2] or 0) + 1)
return answer('ok', room.name, string.format('%d', here), key)
