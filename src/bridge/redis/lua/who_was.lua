-- ARGV: 3 a nick, 4 how many at most, 5 milliseconds for which somebody is remembered.
local nick, most, found = string.lower(ARGV[3]), tonumber(ARGV[4]), {}
local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
local oldest = string.format('%.0f', math.max(0, tonumber(now) - tonumber(ARGV[5])))
for _, entry in ipairs(redis.call('XREVRANGE', K.former, '+', oldest)) do
  local name = entry[2][2]
  if #found == 3 * most then break end
  if string.lower(string.match(name, '/(.*)$') or name) == nick then
    found[#found + 1] = name
    found[#found + 1] = string.match(entry[1], '^%d+')
    found[#found + 1] = entry[2][4]
  end
end
return {'ok', found}
