-- ARGV: 8 `<incarnation> <conn>`, 9 the incarnation, 10 what it said as its goodbye (JSON), or ''.
if before then return before end
-- The store itself releases for whoever is gone; not for one that has just come back.
if session == '' and redis.call('EXISTS', K.lease .. ARGV[9]) == 1 then return answer('ok') end
local held = redis.call('HGET', K.sessions, me)
if not held or string.match(held, '^%S+ (%S+ %S+)') ~= ARGV[8] then return answer('ok') end
local name, rooms = shown({me})[1], rooms_of(me)
redis.call('SCARD', K.held .. ARGV[9])
redis.call('HLEN', K.away)
for _, room in ipairs(rooms) do
  if not leave(room, me, name, ',"how":"quit"') then return 'epoch\n-\n' end
end
local event = '"type":"released","user":"' .. name .. '"' .. named(rooms)
if ARGV[10] ~= '' then event = event .. ',"text":' .. ARGV[10] end
if not append(event, now) then return 'epoch\n-\n' end
is_spelled(plain(name), name)
also('HDEL', K.sessions, me)
also('HDEL', K.user_room, me)
also('DEL', K.rooms_of .. me, K.presence .. me)
also('HDEL', K.away, me)
also('HDEL', K.profiles, me)
if is_guest(me) then also('DEL', K.read .. me) end
also('HDEL', K.operators, me)
also('SREM', K.held .. ARGV[9], me)
-- Nothing is left of a guest.
if is_guest(me) then also('DEL', K.ordinals .. me, K.invites .. me) end
return answer('ok')
