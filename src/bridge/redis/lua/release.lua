-- ARGV: 8 `<incarnation> <conn>`, 9 the incarnation, 10 what it said as its goodbye (JSON), or ''; 11
-- how long it is remembered.
if before then return before end
-- The store itself releases for whoever is gone; not for one that has just come back.
if session == '' and redis.call('EXISTS', K.lease .. ARGV[9]) == 1 then return answer('ok') end
local held = redis.call('HGET', K.sessions, me)
if not held or string.match(held, '^%S+ (%S+ %S+)') ~= ARGV[8] then return answer('ok') end
local name, rooms = shown({me})[1], rooms_of(me)
redis.call('SCARD', K.held .. ARGV[9])
redis.call('HLEN', K.away)
local profile = redis.call('HGET', K.profiles, me)
for _, room in ipairs(rooms) do
  if not leave(room, me, name, QUIT) then return 'epoch\n-\n' end
end
local event = '"type":"released","user":"' .. name .. '"' .. named(rooms)
if ARGV[10] ~= '' then event = event .. ',"text":' .. ARGV[10] end
local id, record = append(event, now)
if not id then return 'epoch\n-\n' end
for _, room in ipairs(rooms) do happened(room, id, record) end
is_spelled(plain(name), name)
is_gone(me, name, ARGV[9], profile)
return answer('ok')
