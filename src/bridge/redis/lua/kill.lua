-- Ends the session of somebody, or the place that is kept for one. ARGV: 9 who, 10 the same as
-- configured or '', 11 why (JSON), or ''; 12 how long that person is remembered.
local user, name = resolve(ARGV[9], ARGV[10])
local held = user and redis.call('HGET', K.sessions, user)
if not held then return answer('refused', 'no_such_user', ARGV[9]) end
local holder = string.match(held, '^%S+ (%S+)')
local rooms = rooms_of(user)
redis.call('SCARD', K.held .. holder)
redis.call('HLEN', K.away)
redis.call('HLEN', K.names)
local profile = redis.call('HGET', K.profiles, user)
for _, room in ipairs(rooms) do
  if not leave(room, user, name, QUIT) then return 'epoch\n-\n' end
end
local event = '"type":"released","user":"' .. name .. '"' .. named(rooms)
if ARGV[11] ~= '' then event = event .. ',"text":' .. ARGV[11] end
local id, record = append(event .. ',"by":"' .. ARGV[7] .. '"', now)
if not id then return 'epoch\n-\n' end
for _, room in ipairs(rooms) do happened(room, id, record) end
local own, nick = plain(name), string.match(name, '/(.*)$')
if nick then also('HDEL', K.nicks, string.lower(nick)) end
if own == user then also('HDEL', K.names, user) else also('HSET', K.names, user, own) end
is_gone(user, name, holder, profile)
return answer('ok', name)
