-- ARGV: 3 the other person, 5 the same as configured or '', 6 `words`, or `everything` that was said
-- without any too; six for each stretch from here on.
local other, name = resolve(ARGV[3], ARGV[5])
if not other then return {'refused', 'no_such_user', ARGV[3]} end

-- Names stand in front of the text.
local function is(pattern)
  return function(record)
    local found = string.match(record, pattern)
    return found and id(found) == other
  end
end

-- What has no words stands in one stream for both directions.
local function is_between(record)
  local to, sender = string.match(record, '"to":"([^"]*)"'), string.match(record, '"sender":"([^"]*)"')
  if not to or not sender then return false end
  if id(sender) == me then return id(to) == other end
  return id(sender) == other
end

local reply = {'ok', name}
for first = 7, #ARGV, 6 do
  reply[#reply + 1] = stretch(K.inbox .. me, first, is('"sender":"([^"]*)"'))
  reply[#reply + 1] = stretch(K.sent .. me, first, is('"to":"([^"]*)"'))
  if ARGV[6] == 'everything' then
    reply[#reply + 1] = stretch(K.tagged .. me, first, is_between)
  end
end
return reply
