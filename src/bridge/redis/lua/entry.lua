-- Whether and how somebody may enter a room. ARGV: 10 the room, 11 its key's seal ('' without, 'long'
-- for one that is too long), 12 rooms that there may be, 13 rooms that one may be in where none is
-- left, else ''.
if ARGV[11] == 'long' then return answer('refused', 'key_too_long') end
local to = string.lower(ARGV[10])
local room, fitting = meta(to), 'fitting'
local key = K.room .. to
if room.is_there and redis.call('SISMEMBER', key, me) == 1 then
  return answer('refused', 'already_in', room.name)
end
if ARGV[13] ~= '' and redis.call('ZCARD', K.rooms_of .. me) >= tonumber(ARGV[13]) then
  return answer('refused', 'in_enough_rooms')
end
room.ranks = redis.call('HGET', key .. K.ranks, me)
if room.is_there then
  local why = kept_out(room, me, ARGV[7], room.seal and room.seal ~= ARGV[11])
  if why then return answer('refused', why, room.name) end
  if not room.seal and ARGV[11] ~= '' then fitting = 'needless' end
else
  local there = redis.call('ZCARD', K.rooms) + redis.call('SCARD', K.private_rooms)
  if there >= tonumber(ARGV[12]) then return answer('refused', 'too_many_rooms') end
end
redis.call('ZCARD', K.rooms)
redis.call('HEXISTS', K.user_room, me)
redis.call('SCARD', K.ranked .. me)
redis.call('ZCARD', K.invites .. me)
local top = redis.call('ZREVRANGE', K.rooms_of .. me, 0, 0, 'WITHSCORES')

-- Goes in; the room is made where there is none, and who makes it is its operator.
local function go_in()
  local is_new = not room.is_there
  if is_new then
    room.name, room.ranks = ARGV[10], 'o'
    if ARGV[11] ~= '' then room.seal, room.is_private = ARGV[11], true end
    -- A node of an earlier version leaves it behind with a room that vanishes.
    also('DEL', key .. K.events)
  end
  local here = enter(room, me, ARGV[7], (top[2] or 0) + 1)
  if not here then return 'epoch\n-\n' end
  if is_new then
    also('HSET', key .. K.meta, 'name', room.name, 'modes', R.new_modes, 'made', now)
    also('HSET', key .. K.ranks, me, room.ranks)
    also('SADD', K.ranked .. me, to)
    if room.seal then
      also('HSET', key .. K.meta, 'seal', room.seal)
      also('SADD', K.private_rooms, to)
    end
  end
  return answer('ok', room.name, string.format('%d', here), fitting)
end
