-- Ends the session of somebody, or the place that is kept for one. ARGV: 9 who, 10 the same as
-- configured or '', 11 why (JSON), or ''.
local user, name = resolve(ARGV[9], ARGV[10])
local held = user and redis.call('HGET', K.sessions, user)
if not held then return answer('refused', 'no_such_user', ARGV[9]) end
local holder = string.match(held, '^%S+ (%S+)')
local rooms = rooms_of(user)
redis.call('SCARD', K.held .. holder)
redis.call('HLEN', K.away)
redis.call('HLEN', K.names)
for _, room in ipairs(rooms) do
  if not leave(room, user, name, ',"how":"quit"') then return 'epoch\n-\n' end
end
local event = '"type":"released","user":"' .. name .. '"' .. named(rooms)
if ARGV[11] ~= '' then event = event .. ',"text":' .. ARGV[11] end
if not append(event .. ',"by":"' .. ARGV[7] .. '"', now) then return 'epoch\n-\n' end
local own, nick = plain(name), string.match(name, '/(.*)$')
if nick then also('HDEL', K.nicks, string.lower(nick)) end
if own == user then also('HDEL', K.names, user) else also('HSET', K.names, user, own) end
also('HDEL', K.sessions, user)
also('HDEL', K.user_room, user)
also('DEL', K.rooms_of .. user, K.presence .. user)
also('HDEL', K.away, user)
also('HDEL', K.operators, user)
also('SREM', K.held .. holder, user)
-- Nothing is left of a guest.
if is_guest(user) then also('DEL', K.ordinals .. user) end
return answer('ok', name)
