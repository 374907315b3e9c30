-- A room that its asker may know of, ARGV 3: a public one, or one it is in.
local room = K.room .. string.lower(ARGV[3])
local known = redis.call('HMGET', room .. K.meta, 'name', 'seal', 'topic', 'modes')
local is_private = known[2] or known[4] and string.find(known[4], R.private)
if not known[1] or is_private and redis.call('SISMEMBER', room, me) == 0 then
  return {'refused', 'no_such_room', ARGV[3]}
end
