-- ARGV: 9 the room to leave.
redis.call('ZCARD', K.rooms)
redis.call('HEXISTS', K.user_room, me)
local from = meta(string.lower(ARGV[9]))
if not redis.call('ZSCORE', K.rooms_of .. me, from.room)
  or redis.call('SISMEMBER', K.room .. from.room, me) == 0 then
  return answer('refused', 'not_in', ARGV[9])
end
