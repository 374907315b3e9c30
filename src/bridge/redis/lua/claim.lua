-- ARGV: 8 `<incarnation> <conn>`, 9 the incarnation, 10 `reject` or `replace` for a live session,
-- `insist`, which replaces one that does not answer, or `resume`, which replaces it and stays in the
-- rooms.
local function follows()
  return table.concat(shown(redis.call('SMEMBERS', K.follows .. me)), ' ')
end
if before then
  if string.sub(before, 1, 3) ~= 'ok\n' then return before end
  return before .. '\n' .. follows()
end
-- A run that another of its name has taken over holds nothing: its hello will tell it.
if redis.call('HEXISTS', K.nodes, ARGV[9]) == 0 then return 'epoch\n-\n' end
local held = redis.call('HGET', K.sessions, me)
local holder = held and string.match(held, '^%S+ (%S+)')
-- A run without a lease is gone and keeps nobody out, nor does one that does not answer, unless it
-- may be about to come back.
local is_calm = tonumber(redis.call('HGET', K.lineage, 'calm') or 0) > tonumber(now)
local is_gone = holder and not is_calm and (ARGV[10] == 'insist'
  or holder ~= ARGV[9] and redis.call('EXISTS', K.lease .. holder) == 0)
local waits = ARGV[10] == 'reject' or ARGV[10] == 'insist'
if held and string.match(held, '^%S+ (%S+ %S+)') ~= ARGV[8] and waits and not is_gone then
  return answer('duplicate')
end
local brings, rooms, lobby = follows(), rooms_of(me), meta('lobby')
redis.call('SCARD', K.held .. ARGV[9])
redis.call('HLEN', K.presence .. me)

local stays, resumes = {}, ARGV[10] == 'resume'
for _, room in ipairs(rooms) do
  if resumes or room.room == 'lobby' then
    stays[#stays + 1] = room.name
  elseif not leave(room, me, ARGV[7]) then
    return 'epoch\n-\n'
  end
end
local event = '"type":"claimed","user":"' .. ARGV[7] .. '","session":"' .. session .. '"'
local fence = append(event, now)
if not fence then return 'epoch\n-\n' end
also('HSET', K.sessions, me, fence .. ' ' .. ARGV[8] .. ' live')
also('HDEL', K.presence .. me, 'probed')
if not resumes or not held then
  also('DEL', K.presence .. me)
  also('HSET', K.presence .. me, 'since', now)
end
if holder and holder ~= ARGV[9] then also('SREM', K.held .. holder, me) end
also('SADD', K.held .. ARGV[9], me)
if me == ARGV[7] then also('HDEL', K.names, me) else also('HSET', K.names, me, ARGV[7]) end
if #stays == 0 then
  also('HSETNX', K.room .. 'lobby' .. K.meta, 'name', lobby.name)
  enter(lobby, me, ARGV[7], 1)
elseif not resumes then
  also('HSET', K.user_room, me, 'lobby')
end
return answer('ok', fence, table.concat(stays, ' ')) .. '\n' .. brings
