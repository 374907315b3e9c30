-- ARGV: 3 the user, 4 the same as configured or ''.
local user, name = resolve(ARGV[3], ARGV[4])
if not user then return {'refused', 'no_such_user', ARGV[3]} end
local held = redis.call('HGET', K.sessions, user)
if not held then return {'ok', name} end
local presence = redis.call('HMGET', K.presence .. user, 'since', 'away')
local rooms, ranked = {}, {}
for _, room in ipairs(redis.call('ZRANGE', K.rooms_of .. user, 0, -1)) do
  local key = K.room .. room
  local known = redis.call('HMGET', key .. K.meta, 'name', 'seal', 'modes')
  local is_private = known[2] or known[3] and string.find(known[3], R.private)
  if known[1] and (not is_private or redis.call('SISMEMBER', key, me) == 1) then
    rooms[#rooms + 1] = known[1]
    local ranks = redis.call('HGET', key .. K.ranks, user)
    if ranks then
      ranked[#ranked + 1] = known[1]
      ranked[#ranked + 1] = ranks
    end
  end
end
return {
  'ok', name, held, presence[1], presence[2], rooms, redis.call('HEXISTS', K.operators, user), ranked,
  redis.call('HGET', K.profiles, user),
}
