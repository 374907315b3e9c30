-- The head of every script that changes something.
-- ARGV: 1 epoch ('' = the log's own, for the operator), 2 the log's name, 3 incarnation, 4 number of the command
-- ('' = it is not repeated), 5 entries that the log keeps, 6 session ('' = the store itself),
-- 7 a name as it is spelled: of the user, perhaps with a slash and a nick behind it, or of a room
-- to go on behind. The script's own follow.
local epoch, log, seq, session = ARGV[1], ARGV[2], ARGV[4], ARGV[6]
local answers = K.answers .. ARGV[3]
local me = string.lower(string.match(ARGV[7], '^[^/]*'))

-- A command that was decided before is answered as before. One that was not, though a later one
-- was, comes too late: the order in which a node asks is the order in which it is decided.
local before
if seq ~= '' then
  local kept = redis.call('HMGET', answers, seq % 1024, 'last')
  if kept[1] then
    local at = string.find(kept[1], '\n', 1, true)
    if string.sub(kept[1], 1, at - 1) == seq then before = string.sub(kept[1], at + 1) end
  end
  -- Without the answers it is not known what was decided: a hello has to say that first.
  if not kept[2] then return 'epoch\n-\n' end
  if not before and tonumber(kept[2]) >= tonumber(seq) then return 'old\n-\n' end
end

-- Nothing is decided in an epoch, or for a log, that is another one by now.
local lineage = redis.call('HMGET', K.lineage, 'log', 'epoch')
if epoch == '' then
  log, epoch = lineage[1] or '', lineage[2] or ''
elseif not before and (lineage[1] ~= log or lineage[2] ~= epoch) then
  return 'epoch\n-\n'
end

local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
local origin = ''
if session ~= '' then origin = ',"origin":"' .. session .. '"' end
local last, damage = '-', ''
local told = {}

-- Writes behind the log: what is in the log is done, so a failure is only remembered.
local function also(...)
  local done = redis.pcall(...)
  if type(done) == 'table' and done.err then damage = string.gsub(done.err, '\n', ' ') end
  return done
end

-- Appends an event; returns its id and its record. Nothing is written and false returned when the
-- epoch is another one.
local function append(event, at)
  local record = event .. origin .. ',"at":' .. at .. '}'
  local whole = '{"v":1,' .. record
  local id = redis.pcall('XADD', K.log, 'NOMKSTREAM', 'MAXLEN', '~', ARGV[5], epoch .. '-*',
    'e', whole, 'i', ARGV[3] .. ':' .. seq)
  if type(id) == 'table' then
    if string.find(id.err, 'equal or smaller', 1, true) then return false end
    error(id)
  end
  if not id then return false end
  last = id
  told[#told + 1] = '{"v":1,"log":"' .. log .. '","id":"' .. id .. '",' .. record
  return id, whole
end

-- Keeps what was appended about a room beside what was said in it.
local function happened(room, id, record)
  if room.is_void or R.events_most == '0' or R.events_for == '0' then return end
  local events = K.room .. room.room .. K.events
  also('XADD', events, 'MAXLEN', R.events_most, id, 'e', record)
  also('EXPIRE', events, R.events_for)
end

-- The reply, kept for the case that the command comes again.
local function answer(...)
  for _, event in ipairs(told) do also('PUBLISH', K.channel, event) end
  local reply = table.concat({(...), last, damage, select(2, ...)}, '\n')
  if seq ~= '' then also('HSET', answers, seq % 1024, seq .. '\n' .. reply, 'last', seq) end
  return reply
end
