-- ARGV: 9 room, 10 text ('' takes the topic away), 11 text (JSON).
local room = K.room .. string.lower(ARGV[9])
if redis.call('SISMEMBER', room, me) == 0 then return answer('refused', 'not_in', ARGV[9]) end
local known = redis.call('HMGET', room .. K.meta, 'name', 'topic', 'topic_by', 'topic_at',
  'modes')
local name, by, at = known[1] or ARGV[9], known[3], known[4]
local met = conditions_of(string.lower(ARGV[9]), known[5])
local why = denied('topic', met, redis.call('HGET', room .. K.ranks, me))
if why then return answer('refused', why, name) end
if (known[2] or '') ~= ARGV[10] then
  local id, record = append('"type":"topic_set","room":"' .. name .. '","by":"' .. ARGV[7]
    .. '","text":' .. ARGV[11], now)
  if not id then return 'epoch\n-\n' end
  happened({room = string.lower(ARGV[9])}, id, record)
  by, at = ARGV[7], now
  if ARGV[10] == '' then
    also('HDEL', room .. K.meta, 'topic', 'topic_by', 'topic_at')
  else
    also('HSET', room .. K.meta, 'topic', ARGV[10], 'topic_by', by, 'topic_at', at)
  end
end
if not by or not at then return answer('ok', name) end
return answer('ok', name, by, at)
