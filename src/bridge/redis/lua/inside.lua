-- A room that the asker is in. Of one that it may not know of it is not even told that it is not
-- in it. ARGV: 9 the room.
local room = meta(string.lower(ARGV[9]))
local key = K.room .. room.room
if redis.call('SISMEMBER', key, me) == 0 then
  if not room.is_there or room.is_private then return answer('refused', 'no_such_room', ARGV[9]) end
  return answer('refused', 'not_in', room.name)
end
local mine = redis.call('HGET', key .. K.ranks, me)
