-- How many there are; what is counted is counted already.
local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
return {'ok', redis.call('HLEN', K.sessions), redis.call('ZCARD', K.rooms),
  redis.call('HLEN', K.operators), now}
