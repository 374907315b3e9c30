-- ARGV: 9 the nick, 10 the account of that name in the settings or '', 11 how long the one before is
-- remembered.
local was, own = shown({me})[1], plain(ARGV[7])
local why = nick_refused(ARGV[9], ARGV[10])
if why then return answer('refused', why, ARGV[9]) end
local name = own
if ARGV[9] ~= own then name = own .. '/' .. ARGV[9] end
if name == was then return answer('ok', name, was) end
local profile = redis.call('HGET', K.profiles, me)
if not renames(name, was, rooms_of(me)) then return 'epoch\n-\n' end
is_spelled(name, was)
if is_renamed(name, was) then remember(was, profile) end
return answer('ok', name, was)
