-- ARGV: 9 the room or '', 10 the addressee or '', 11 the same as configured or '', 12 what the
-- event tells of what goes with it, 13 whether it is told later, too, 'lasting' or 'passing'; 14 messages, 15 seconds kept of people.
local whom, addressee
local is_lasting = ARGV[13] == 'lasting'
if ARGV[9] ~= '' then
  local room = K.room .. string.lower(ARGV[9])
  if redis.call('SISMEMBER', room, me) == 0 then return answer('refused', 'not_in', ARGV[9]) end
  local known = redis.call('HMGET', room .. K.meta, 'name', 'modes')
  local name = known[1] or ARGV[9]
  local met = conditions_of(string.lower(ARGV[9]), known[2])
  if string.find(known[2] or '', 'b', 1, true) then met = met .. kept_quiet(room, ARGV[7]) end
  local why = denied('say', met, redis.call('HGET', room .. K.ranks, me))
  if why then return answer('refused', why, name) end
  whom = '"room":"' .. name .. '"'
else
  local to
  addressee, to = resolve(ARGV[10], ARGV[11])
  if not addressee then return answer('refused', 'no_such_user', ARGV[10]) end
  local is_kept = is_lasting and not is_guest(addressee)
  if not is_kept and redis.call('HEXISTS', K.sessions, addressee) == 0 then return answer('ok') end
  redis.call('XLEN', K.tagged .. addressee)
  redis.call('XLEN', K.tagged .. me)
  whom = '"to":"' .. to .. '"'
end
local id, record = append('"type":"tagged",' .. whom .. ',"sender":"' .. ARGV[7] .. '"' .. ARGV[12], now)
if not id then return 'epoch\n-\n' end
if is_lasting and not addressee then
  happened({room = string.lower(ARGV[9])}, id, record)
elseif is_lasting then
  -- Once for each of the two.
  if not is_guest(addressee) then keep(K.tagged .. addressee, id, record, ARGV[14], ARGV[15]) end
  if addressee ~= me and not is_guest(me) then keep(K.tagged .. me, id, record, ARGV[14], ARGV[15]) end
end
return answer('ok', now)
