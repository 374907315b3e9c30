-- ARGV: 9 room, 10 text, 11 text (JSON).
local room = K.room .. string.lower(ARGV[9])
if redis.call('SISMEMBER', room, me) == 0 then return answer('refused', 'not_in', ARGV[9]) end
local known = redis.call('HMGET', room .. K.meta, 'name', 'topic')
local name = known[1] or ARGV[9]
if known[2] ~= ARGV[10] then
  if not append('"type":"topic_set","room":"' .. name .. '","by":"' .. ARGV[7]
    .. '","text":' .. ARGV[11], now) then return 'epoch\n-\n' end
  also('HSET', room .. K.meta, 'topic', ARGV[10])
end
return answer('ok', name)
