-- ARGV: 9 the room or '', 10 the addressee or '', 11 the same as configured or '', 12 what the
-- event tells of what goes with it.
local whom
if ARGV[9] ~= '' then
  local room = K.room .. string.lower(ARGV[9])
  if redis.call('SISMEMBER', room, me) == 0 then return answer('refused', 'not_in', ARGV[9]) end
  whom = '"room":"' .. (redis.call('HGET', room .. K.meta, 'name') or ARGV[9]) .. '"'
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
