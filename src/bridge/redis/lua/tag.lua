-- ARGV: 9 the room or '', 10 the addressee or '', 11 the same as configured or '', 12 what the
-- event tells of what goes with it.
local whom
if ARGV[9] ~= '' then
  local room = K.room .. string.lower(ARGV[9])
  if redis.call('SISMEMBER', room, me) == 0 then return answer('refused', 'not_in', ARGV[9]) end
  local known = redis.call('HMGET', room .. K.meta, 'name', 'modes')
  local name = known[1] or ARGV[9]
  local met = conditions_of(string.lower(ARGV[9]), known[2])
  if string.find(known[2] or '', 'b', 1, true) and is_banned(room, ARGV[7]) then met = met .. 'b' end
  local why = denied('say', met, redis.call('HGET', room .. K.ranks, me))
  if why then return answer('refused', why, name) end
  whom = '"room":"' .. name .. '"'
else
  local addressee, to = resolve(ARGV[10], ARGV[11])
  if not addressee then return answer('refused', 'no_such_user', ARGV[10]) end
  if addressee == me then return answer('refused', 'to_yourself') end
  -- It is for now or never.
  if redis.call('HEXISTS', K.sessions, addressee) == 0 then return answer('ok') end
  whom = '"to":"' .. to .. '"'
end
if not append('"type":"tagged",' .. whom .. ',"sender":"' .. ARGV[7] .. '"' .. ARGV[12], now) then
  return 'epoch\n-\n'
end
return answer('ok', now)
