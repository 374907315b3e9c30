-- ARGV: 9 text, 10 text (JSON); both '' for somebody who is back.
local presence = K.presence .. me
local away = redis.call('HGET', presence, 'away') or ''
redis.call('HLEN', K.away)
if away == ARGV[9] then return answer('ok') end
local rooms = named(rooms_of(me))
local event = '"type":"came_back","user":"' .. ARGV[7] .. '"'
if ARGV[9] ~= '' then
  event = '"type":"went_away","user":"' .. ARGV[7] .. '","text":' .. ARGV[10]
end
if not append(event .. rooms, now) then return 'epoch\n-\n' end
if ARGV[9] == '' then
  also('HDEL', presence, 'away')
  also('HDEL', K.away, me)
else
  also('HSET', presence, 'away', ARGV[9])
  also('HSET', K.away, me, ARGV[10])
end
return answer('ok')
