-- ARGV: 7 the room where the slice before ended, or ''; 8 rooms in a slice.
-- Empty rooms stand first in `rooms`, by their names. A room to go on behind that is gone or
-- entered by now only means that some are seen twice, or in the next sweep.
if before then return before end
local from = 0
if ARGV[7] ~= '' then
  local rank = redis.call('ZRANK', K.rooms, ARGV[7])
  if rank then from = rank + 1 end
end
local slice = redis.call('ZRANGEBYSCORE', K.rooms, '-inf', 0, 'LIMIT', from, ARGV[8])
local is_last = #slice < tonumber(ARGV[8])
-- Of private rooms some are looked at with the last slice, by chance.
local private = is_last and redis.call('SRANDMEMBER', K.private_rooms, ARGV[8]) or {}
local rooms, hidden, behind = {}, {}, ARGV[7]
for n, name in ipairs(slice) do rooms[n] = meta(string.lower(name)) end
for n, name in ipairs(private) do hidden[n] = meta(name) end
for n, room in ipairs(rooms) do
  room.name = slice[n]
  if not remove_if_void(room) or behind == '' then behind = room.name end
end
for _, room in ipairs(hidden) do remove_if_void(room) end
if is_last then return answer('ok') end
return answer('ok', behind)
