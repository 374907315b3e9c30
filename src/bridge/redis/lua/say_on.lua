-- The rest of `say`, for whoever is heard.
if refused then
  -- What comes behind one that goes again must go again too.
  local lineage = call('HMGET', K.lineage, 'log', 'epoch')
  if lineage[1] ~= ARGV[2] or lineage[2] ~= ARGV[1] then return 'epoch\n-\n' end
  call('HSET', answers, slot, seq .. '\n' .. refused, 'last', seq)
  return refused
end

local is_private = known[2] or known[6] and string.find(known[6], R.private)
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
  .. ',"public":' .. (is_private and 'false' or 'true') .. ',"sender":"' .. ARGV[7]
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
