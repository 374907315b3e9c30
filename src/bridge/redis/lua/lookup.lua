-- What became of commands that are not sent again: first in the answers, then in a slice of the log.
-- ARGV: 1 incarnation, 2 the position behind which the log is looked through, 3 its last position that
-- counts, 4 entries of a slice, and the numbers that are looked for in the answers.
local found = {}
local function find(number, id)
  found[#found + 1] = number
  found[#found + 1] = id
end
if #ARGV > 4 then
  local slots = {}
  for n = 5, #ARGV do slots[#slots + 1] = ARGV[n] % 1024 end
  for n, kept in ipairs(redis.call('HMGET', K.answers .. ARGV[1], unpack(slots))) do
    local number, status, id
    if kept then number, status, id = string.match(kept, '^(%d+)\n(%l+)\n([^\n]*)') end
    if number == ARGV[n + 4] then find(number, status == 'ok' and id or '-') end
  end
end

local slice = redis.call('XRANGE', K.log, '(' .. ARGV[2], ARGV[3], 'COUNT', ARGV[4])
-- What is missing behind the position ends before this.
local torn = ''
if not redis.call('XRANGE', K.log, ARGV[2], ARGV[2])[1] then
  local first = slice[1] or redis.call('XRANGE', K.log, '(' .. ARGV[2], '+', 'COUNT', 1)[1]
  if not first then return redis.error_reply('ERR the log is gone') end
  if not follows(first, ARGV[2]) then torn = first[1] end
end
local own = ARGV[1] .. ':'
for _, entry in ipairs(slice) do
  local by = entry[2][4]
  if by and string.sub(by, 1, #own) == own and #by > #own then
    find(string.sub(by, #own + 1), entry[1])
  end
end
local is_last = #slice < tonumber(ARGV[4])
return {torn, is_last and '' or slice[#slice][1], found}
