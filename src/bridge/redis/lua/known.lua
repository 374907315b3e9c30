-- A room that its asker may know of, ARGV 3: a public one, or one it is in.
local room = K.room .. string.lower(ARGV[3])
local known = redis.call('HMGET', room .. K.meta, 'name', 'seal', 'topic')
if not known[1] or known[2] and redis.call('SISMEMBER', room, me) == 0 then
  return {'refused', 'no_such_room', ARGV[3]}
end
