-- ARGV: 1 incarnation, 2 `own` or `other`: who says so. While it holds a claim it stays known, so
-- that somebody releases it; and another that has just come back is left alone.
if ARGV[2] == 'other' and redis.call('EXISTS', K.lease .. ARGV[1]) == 1 then return 'holds' end
redis.call('DEL', K.lease .. ARGV[1])
for _, user in ipairs(redis.call('SMEMBERS', K.held .. ARGV[1])) do
  local held = redis.call('HGET', K.sessions, user)
  if held and string.match(held, '^%S+ (%S+)') == ARGV[1] then return 'holds' end
end
redis.call('HDEL', K.nodes, ARGV[1])
redis.call('DEL', K.answers .. ARGV[1], K.held .. ARGV[1])
return 'gone'
