-- ARGV: 8 `<incarnation> <conn>`, 9 the incarnation, 10 `reject` or `replace` for a live session,
-- `insist`, which replaces one that does not answer, `resume`, which replaces it and stays in the
-- rooms, or `renew`, which does so where it is older than 15, the session's fence so far; 14 the room
-- where it begins, or '' where that is nowhere; 16 the rooms that this one was in, 17 the account's
-- name in the settings or '', 18 that of the account with the name of the nick; 19 the guest who logs
-- in where it is, or '' where nobody does, 20 its claim as it must stand; 21 how long a nick before is
-- remembered.
local renews = ARGV[10] == 'renew'
local resumes = ARGV[10] == 'resume' or renews
local function follows()
  return table.concat(shown(redis.call('SMEMBERS', K.follows .. me)), ' ')
end
-- Where the account came in for the first time: what was before that is none of its business.
local function first()
  return redis.call('HGET', K.ordinals .. me, 'first') or '0-0'
end
if before then
  local last, fence, seen, showed, whispers =
    string.match(before, '^ok\n(%S+)\n[^\n]*\n(%S+)\n[^\n]*\n[^\n]*\n(%S+)\n(%S*)\n(%S+)\n%S+$')
  if not fence then return before end
  -- Whom it follows is looked up now: only a later claim can have changed that, and that one stands.
  local latest = redis.call('HGET', K.ordinals .. me, 'claim')
  if latest and latest ~= fence .. ' ' .. ARGV[8] then return 'duplicate\n' .. last .. '\n' end
  local again = before .. '\n' .. follows() .. '\n' .. first()
  if resumes then return again end
  return again .. '\n' .. waiting_for(me, seen, '(' .. fence, showed, whispers)
end
-- A run that another of its name has taken over claims nothing: its hello will tell it.
local run = redis.call('HGET', K.nodes, ARGV[9])
if not run or run == 'over' then return 'epoch\n-\n' end
local guest = guest_of(ARGV[19])
if guest and redis.call('HGET', K.sessions, guest.user) ~= ARGV[20] then return answer('void') end
local held = redis.call('HGET', K.sessions, me)
local holder = held and string.match(held, '^%S+ (%S+)')
if renews then
  -- The last claim of the account, also where it is released by now.
  local latest = redis.call('HGET', K.ordinals .. me, 'claim') or held
  local fence, by = string.match(latest or '', '^(%S+) (%S+ %S+)')
  if fence and is_behind(fence, ARGV[15]) and by ~= ARGV[8] then
    return answer('duplicate')
  end
  if not is_guest(me) and not registered(plain(ARGV[7]), ARGV[17]) then return answer('void') end
end
-- A run without a lease is gone and keeps nobody out, nor does one that does not answer, unless it
-- may be about to come back.
local is_calm = tonumber(redis.call('HGET', K.lineage, 'calm') or 0) > tonumber(now)
local is_gone = holder and not is_calm and (ARGV[10] == 'insist'
  or holder ~= ARGV[9] and redis.call('EXISTS', K.lease .. holder) == 0)
local waits = ARGV[10] == 'reject' or ARGV[10] == 'insist'
-- Whose place is only kept, detached or moving, keeps nobody out.
local is_live = held and string.match(held, ' live$')
if is_live and string.match(held, '^%S+ (%S+ %S+)') ~= ARGV[8] and waits and not is_gone then
  return answer('duplicate')
end
-- As whom others see it. Who renews keeps the nick that the store has; a guest has no other name.
local was, name, wanted = shown({me})[1], ARGV[7], string.match(ARGV[7], '/(.*)$')
if guest then
  name = seen_as(plain(ARGV[7]), guest.nick)
elseif renews and held then
  name = was
elseif wanted then
  local why = nick_refused(wanted, ARGV[18])
  if why and not renews then return answer('refused', why, wanted) end
  if why and is_guest(me) then return answer('void') end
  if why then name = plain(ARGV[7]) end
end
local brings, rooms = follows() .. '\n' .. first(), rooms_of(me)
-- Where it goes that is nowhere. A key was shown once, and may be another one by now.
local begins_in, is_open = {}, {}
for name in string.gmatch(renews and ARGV[16] or '', '%S+') do
  local was_in = string.lower(name)
  if redis.call('HEXISTS', K.room .. was_in .. K.meta, 'name') == 1 and not is_open[was_in] then
    local room = meta(was_in)
    room.ranks = redis.call('HGET', K.room .. was_in .. K.ranks, me)
    is_open[was_in] = not room.is_private and not kept_out(room, me, ARGV[7])
    if is_open[was_in] then begins_in[#begins_in + 1] = room end
  end
end
if #begins_in == 0 and ARGV[14] ~= '' then
  begins_in[1] = meta(ARGV[14])
  begins_in[1].ranks = redis.call('HGET', K.room .. ARGV[14] .. K.ranks, me)
end
redis.call('ZCARD', K.invites .. me)
redis.call('SCARD', K.held .. ARGV[9])
redis.call('HLEN', K.presence .. me)
redis.call('HLEN', K.away)
local profile = redis.call('HGET', K.profiles, me)
-- How far the account has seen: a first login begins with all that waits for it.
local known = redis.call('HGET', K.seen, me)
local seen, showed = string.match(known or '', '^(%S+) (%S+)$')
seen, showed = seen or '0-0', showed or ''
local last = redis.call('HGET', K.ordinals .. me, 'whisper') or '0'
local oldest, before_oldest
if not resumes then
  local waiting
  waiting, oldest, before_oldest = waiting_for(me, seen, '+', showed, last)
  brings = brings .. '\n' .. waiting
end

local stays = {}
for _, room in ipairs(rooms) do
  if resumes or room.room == ARGV[14] then
    stays[#stays + 1] = room
  elseif not leave(room, me, was, '') then
    return 'epoch\n-\n'
  end
end
if #stays > 0 and name ~= was and not renames(name, was, stays) then return 'epoch\n-\n' end
if guest then
  -- Who watches for the name that it had hears that nobody has it.
  if held and name ~= was and not renames(name, was, {}) then return 'epoch\n-\n' end
  stays = guest.rooms
end
for order, room in ipairs(stays) do stays[order] = room.name end
local event = '"type":"claimed","user":"' .. name .. '","session":"' .. session .. '"'
if guest then event = event .. ',"was":"' .. guest.seen .. '"' .. guest.named end
local fence = append(event, now)
if not fence then return 'epoch\n-\n' end
if guest then tells_gained(guest, name) end
if held and is_renamed(name, was) then remember(was, profile) end
also('HSET', K.sessions, me, fence .. ' ' .. ARGV[8] .. ' live')
also('HDEL', K.presence .. me, 'probed')
-- An office is that of the session alone.
if not renews or not held then also('HDEL', K.operators, me) end
if not is_guest(me) then
  also('HSETNX', K.ordinals .. me, 'first', fence)
  also('HSET', K.ordinals .. me, 'claim', fence .. ' ' .. ARGV[8])
end
if not resumes or not held then
  also('DEL', K.presence .. me)
  also('HDEL', K.away, me)
  also('HDEL', K.profiles, me)
  also('HSET', K.presence .. me, 'since', now)
end
if guest then takes_over(guest) end
if not resumes and not known and not is_guest(me) then
  local begins = fence
  if oldest then
    local epoch, n = numbers(oldest)
    begins = string.format('%.0f-%.0f', epoch, n - 1)
  end
  also('HSET', K.seen, me, begins .. ' ' .. before_oldest)
end
if holder and holder ~= ARGV[9] then also('SREM', K.held .. holder, me) end
also('SADD', K.held .. ARGV[9], me)
is_spelled(name, was)
local enters = {}
if #stays == 0 then
  for order, room in ipairs(begins_in) do
    enters[order] = room.name
    also('HSETNX', K.room .. room.room .. K.meta, 'name', room.name)
    enter(room, me, name, order)
  end
end
is_in_last(me)
local stays_in, goes_to = table.concat(stays, ' '), table.concat(enters, ' ')
return answer('ok', fence, stays_in, goes_to, seen, showed, last, name) .. '\n' .. brings
