-- ARGV: 3 the other person, 5 the same as configured or ''; six for each stretch from here on.
local other, name = resolve(ARGV[3], ARGV[5])
if not other then return {'refused', 'no_such_user', ARGV[3]} end

-- Names stand in front of the text.
local function is(pattern)
  return function(record)
    local found = string.match(record, pattern)
    return found and id(found) == other
  end
end

local reply = {'ok', name}
for first = 6, #ARGV, 6 do
  reply[#reply + 1] = stretch(K.inbox .. me, first, is('"sender":"([^"]*)"'))
  reply[#reply + 1] = stretch(K.sent .. me, first, is('"to":"([^"]*)"'))
end
return reply
