-- ARGV: 1 incarnation. One that another of its name has taken over meanwhile, or whose people may be
-- elsewhere because its lease was over, learns of it: without a head it says hello again.
local run = redis.call('HGET', K.nodes, ARGV[1])
if not run or run == 'over' or redis.call('EXISTS', K.lease .. ARGV[1]) == 0 then
  return {'0-0', '0', ''}
end
redis.call('SET', K.lease .. ARGV[1], '1', 'PX', 8000)
redis.call('PEXPIRE', K.answers .. ARGV[1], 60000)
local entry = redis.call('XREVRANGE', K.log, '+', '-', 'COUNT', 1)[1]
local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
-- Nor is it calm for longer than a lease lasts, whatever the clock did.
local calm = tonumber(redis.call('HGET', K.lineage, 'calm') or 0)
if calm > now + 8000 then
  calm = now + 8000
  redis.call('HSET', K.lineage, 'calm', string.format('%.0f', calm))
end
-- Runs that have no lease, unless they may be about to come back.
local gone = {}
for _, run in ipairs(redis.call('HKEYS', K.nodes)) do
  if not has_lease(run) and calm <= tonumber(now) then gone[#gone + 1] = run end
end
return {entry and entry[1] or '0-0', now, table.concat(gone, ' ')}
