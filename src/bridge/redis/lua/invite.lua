-- ARGV: 10 who is invited, 11 the same as configured or ''.
local why = denied('invite', conditions_of(room.room, room.modes), mine)
if why then return answer('refused', why, room.name) end
local user, name = resolve(ARGV[10], ARGV[11])
if not user then return answer('refused', 'no_such_user', ARGV[10]) end
if redis.call('SISMEMBER', key, user) == 1 then
  return answer('refused', 'there_already', room.name .. ' ' .. name)
end
if not redis.call('HGET', K.sessions, user) then return answer('refused', 'offline', name) end
local away = redis.call('HGET', K.presence .. user, 'away')
local invites = K.invites .. user
redis.call('ZCARD', invites)
if not append('"type":"invited","room":"' .. room.name .. '","by":"' .. ARGV[7] .. '","user":"'
  .. name .. '"', now) then return 'epoch\n-\n' end
-- Only who may let everybody in opens a door by it.
if mine and string.find(mine, 'o', 1, true) then
  also('ZADD', invites, now, room.room)
  local there = also('ZRANGE', invites, 0, -1)
  for n = 1, #there - R.invites do also('ZREM', invites, there[n]) end
  also('EXPIRE', invites, R.invited_for / 1000)
end
if away then return answer('ok', room.name, name, away) end
return answer('ok', room.name, name)
