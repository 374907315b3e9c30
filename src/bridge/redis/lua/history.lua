-- ARGV: 5 messages that are kept; six for each stretch from here on.
local last = tonumber(redis.call('HGET', room .. K.meta, 'k') or 0)
local function is_kept(record)
  local k = ordinal(record)
  return not k or k > last - tonumber(ARGV[5])
end

local reply = {'ok', known[1]}
for first = 6, #ARGV, 6 do
  reply[#reply + 1] = stretch(room .. K.history, first, is_kept)
end
return reply
