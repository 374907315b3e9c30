-- A message in a room: most of all that is ever asked, so it is lean and shares no functions.
-- ARGV: as every command; 8 the claim; 9 room, 10 text (JSON), 11 messages, 12 seconds kept,
-- 13 where the answer is kept (a number would be spelled anew for each call), 14 what the event
-- tells of the manner.
local call, pcall = redis.call, redis.pcall
local seq, slot, answers = ARGV[4], ARGV[13], K.answers .. ARGV[3]
local kept = call('HMGET', answers, slot, 'last')
if kept[1] then
  local at = string.find(kept[1], '\n', 1, true)
  if string.sub(kept[1], 1, at - 1) == seq then return string.sub(kept[1], at + 1) end
end
local behind = kept[2]
-- Without the answers it is not known what was decided: a hello has to say that first.
if not behind then return 'epoch\n-\n' end
if #behind > #seq or #behind == #seq and behind >= seq then return 'old\n-\n' end

local user, room = string.lower(string.match(ARGV[7], '^[^/]*')), K.room .. string.lower(ARGV[9])
local meta, history = room .. K.meta, room .. K.history
local refused, known
if call('HGET', K.sessions, user) ~= ARGV[8] then
  refused = 'void\n-\n'
elseif call('SISMEMBER', room, user) == 0 then
  refused = 'refused\n-\n\nnot_in\n' .. ARGV[9]
else
  known = call('HMGET', meta, 'name', 'seal', 'k', 'at', 'aged', 'modes')
  if known[6] and string.find(known[6], R.guarded) then
    -- Not everybody is heard: what decides that stands here, and is only made where it is needed.
