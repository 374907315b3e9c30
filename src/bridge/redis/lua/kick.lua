-- ARGV: 10 who is put out, 11 the same as configured or '', 12 why (JSON), or ''.
local why = denied('kick', conditions_of(room.room, room.modes), mine)
if why then return answer('refused', why, room.name) end
local user, name = resolve(ARGV[10], ARGV[11])
if not user then return answer('refused', 'no_such_user', ARGV[10]) end
if redis.call('SISMEMBER', key, user) == 0 then
  return answer('refused', 'not_there', room.name .. ' ' .. name)
end
redis.call('ZCARD', K.rooms)
redis.call('HEXISTS', K.user_room, user)
redis.call('ZCARD', K.rooms_of .. user)
local how = ',"how":"kicked","by":"' .. ARGV[7] .. '"'
if ARGV[12] ~= '' then how = how .. ',"text":' .. ARGV[12] end
if not leave(room, user, name, how) then return 'epoch\n-\n' end
is_in_last(user)
return answer('ok', room.name, name)
