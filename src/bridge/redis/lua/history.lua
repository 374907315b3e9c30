-- ARGV: 5 messages that are kept, 6 `words`, or `everything` that happened too; six for each stretch
-- from here on.
local last = tonumber(redis.call('HGET', room .. K.meta, 'k') or 0)
local function is_kept(record)
  local k = ordinal(record)
  return not k or k > last - tonumber(ARGV[5])
end

local reply = {'ok', known[1]}
for first = 7, #ARGV, 6 do
  reply[#reply + 1] = stretch(room .. K.history, first, is_kept)
  if ARGV[6] == 'everything' then
    reply[#reply + 1] = stretch(room .. K.events, first, function() return true end)
  end
end
return reply
