-- ARGV: 1 incarnation. While it holds a claim it stays known, so that somebody releases it.
redis.call('DEL', K.lease .. ARGV[1])
for _, user in ipairs(redis.call('SMEMBERS', K.held .. ARGV[1])) do
  local held = redis.call('HGET', K.sessions, user)
  if held and string.match(held, '^%S+ (%S+)') == ARGV[1] then return 'holds' end
end
redis.call('HDEL', K.nodes, ARGV[1])
redis.call('DEL', K.answers .. ARGV[1], K.held .. ARGV[1])
return 'gone'
