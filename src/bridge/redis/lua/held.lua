-- ARGV: 1 incarnation.
local all = {}
for _, user in ipairs(redis.call('SMEMBERS', K.held .. ARGV[1])) do
  local held = redis.call('HGET', K.sessions, user)
  if held and string.match(held, '^%S+ (%S+)') == ARGV[1] then
    all[#all + 1] = user
    all[#all + 1] = held
  end
end
return all
