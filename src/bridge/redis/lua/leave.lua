-- Out of a room, and into none. ARGV: 10 what is said on leaving (JSON), or ''.
local words = ''
if ARGV[10] ~= '' then words = ',"text":' .. ARGV[10] end
if not leave(from, me, ARGV[7], words) then return 'epoch\n-\n' end
is_in_last(me)
return answer('ok', from.name)
