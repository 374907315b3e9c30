-- ARGV: 9 the addressee, 10 the same as configured or '', 11 text (JSON), 12 messages, 13 seconds
-- kept, 14 what the event tells of the manner, 15 whether that may be oneself: 'said' or 'refused'.
local addressee, to = resolve(ARGV[9], ARGV[10])
if not addressee then return answer('refused', 'no_such_user', ARGV[9]) end
if addressee == me and ARGV[15] ~= 'said' then return answer('refused', 'to_yourself') end
local away = redis.call('HGET', K.presence .. addressee, 'away')
local inbox = K.inbox .. addressee
redis.call('XLEN', inbox)
redis.call('XLEN', K.sent .. me)
local k, at = next_of('whisper', addressee)
local position, record = append('"type":"whisper","to":"' .. to .. '","k":' .. k .. ',"sender":"'
  .. ARGV[7] .. '","text":' .. ARGV[11] .. ARGV[14], at)
if not position then return 'epoch\n-\n' end
also('HSET', K.ordinals .. addressee, 'whisper', k, 'whisper_at', at)
-- A guest is nobody who could come back for it.
if not is_guest(addressee) then keep(inbox, position, record, ARGV[12], ARGV[13]) end
-- What one says to oneself is kept once.
if addressee ~= me and not is_guest(me) then keep(K.sent .. me, position, record, ARGV[12], ARGV[13]) end
-- The time stands last: an earlier version kept its answers without it.
if away then return answer('ok', to, away, at) end
return answer('ok', at)
