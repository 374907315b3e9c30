-- ARGV: 3 the user, 4 the same as configured or ''.
local user, name = resolve(ARGV[3], ARGV[4])
if not user then return {'refused', 'no_such_user', ARGV[3]} end
local held = redis.call('HGET', K.sessions, user)
if not held then return {'ok', name} end
local presence = redis.call('HMGET', K.presence .. user, 'since', 'away')
local rooms = {}
for _, room in ipairs(redis.call('ZRANGE', K.rooms_of .. user, 0, -1)) do
  local key = K.room .. room
  local known = redis.call('HMGET', key .. K.meta, 'name', 'seal')
  if known[1] and (not known[2] or redis.call('SISMEMBER', key, me) == 1) then
    rooms[#rooms + 1] = known[1]
  end
end
return {'ok', name, held, presence[1], presence[2], rooms, redis.call('HGET', K.profiles, user)}
