-- ARGV: 4 how many messages at most.
local messages = {}
if ARGV[4] ~= '0' then
  messages = redis.call('XREVRANGE', room .. K.history, '+', '-', 'COUNT', ARGV[4])
end
local clock = redis.call('TIME')
return {'ok', known[1], clock[1] .. string.format('%03d', math.floor(clock[2] / 1000)), messages}
