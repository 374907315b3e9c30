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
local refused
if call('HGET', K.sessions, user) ~= ARGV[8] then
  refused = 'void\n-\n'
elseif call('SISMEMBER', room, user) == 0 then
  refused = 'refused\n-\n\nnot_in\n' .. ARGV[9]
end
if refused then
  -- What comes behind one that goes again must go again too.
  local lineage = call('HMGET', K.lineage, 'log', 'epoch')
  if lineage[1] ~= ARGV[2] or lineage[2] ~= ARGV[1] then return 'epoch\n-\n' end
  call('HSET', answers, slot, seq .. '\n' .. refused, 'last', seq)
  return refused
end

local meta, history = room .. K.meta, room .. K.history
local known = call('HMGET', meta, 'name', 'seal', 'k', 'at', 'aged')
local k = string.format('%d', (known[3] or 0) + 1)
local clock = call('TIME')
local at = clock[1] .. string.format('%03d', clock[2] / 1000)
local before = tonumber(known[4])
if before and before > tonumber(at) then at = string.format('%d', before) end
local is_kept = ARGV[11] ~= '0' and ARGV[12] ~= '0'
if is_kept then call('XLEN', history) end
-- It expires an hour later than it may, so that this is said once an hour and not each time.
local aged = tonumber(known[5])
local is_aging = is_kept and (not aged or clock[1] - aged >= 3600)

local record = '"type":"room_message","room":"' .. (known[1] or ARGV[9]) .. '","k":' .. k
  .. ',"public":' .. (known[2] and 'false' or 'true') .. ',"sender":"' .. ARGV[7]
  .. '","text":' .. ARGV[10] .. ARGV[14] .. ',"exclude_sender":true,"origin":"' .. ARGV[6]
  .. '","at":' .. at .. '}'
local whole = '{"v":1,' .. record
local id = pcall('XADD', K.log, 'NOMKSTREAM', 'MAXLEN', '~', ARGV[5], ARGV[1] .. '-*',
  'e', whole, 'i', ARGV[3] .. ':' .. seq)
if type(id) == 'table' then
  if string.find(id.err, 'equal or smaller', 1, true) then return 'epoch\n-\n' end
  return id
end
if not id then return 'epoch\n-\n' end
if string.sub(id, -2) == '-0' then
  -- Only a hello begins an epoch: the log was taken back under this node. It never happened.
  pcall('XDEL', K.log, id)
  local entry = call('XREVRANGE', K.log, '+', '-', 'COUNT', 1)[1]
  local set = pcall('XSETID', K.log, entry and entry[1] or '0-0')
  -- From Redis 7.2 on no id comes again that was deleted: then this epoch ends here.
  if set.err then pcall('XSETID', K.log, ARGV[1] .. '-18446744073709551615') end
  return 'epoch\n-\n'
end

local damage = ''
local function also(...)
  local done = pcall(...)
  if type(done) == 'table' and done.err then damage = string.gsub(done.err, '\n', ' ') end
end
also('HSET', meta, 'k', k, 'at', at)
if is_kept then
  also('XADD', history, 'MAXLEN', '~', ARGV[11], id, 'e', whole)
end
if is_aging then
  also('EXPIRE', history, ARGV[12] + 3600)
  also('HSET', meta, 'aged', clock[1])
end
also('PUBLISH', K.channel, '{"v":1,"log":"' .. ARGV[2] .. '","id":"' .. id .. '",' .. record)
local reply = 'ok\n' .. id .. '\n' .. damage .. '\n' .. at
also('HSET', answers, slot, seq .. '\n' .. reply, 'last', seq)
return reply
