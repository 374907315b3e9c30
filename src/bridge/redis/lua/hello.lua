-- ARGV: 1 `first` or `again`, 2 incarnation, 3 node in lower case, 4 and 5 the position seen,
-- 6 the last position read, 7 the time of that event or '', 8 entries that the log keeps, 9 the number
-- up to which nothing is sent any more, 10 the name of the log in which that event was read.
local server = redis.call('INFO', 'server')
local version = string.match(server, 'redis_version:(%S+)')
if version and tonumber(string.match(version, '^%d+')) < 7 then return {'old_version', version} end
local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:(%S+)')
if policy and policy ~= 'noeviction' then return {'evicts', policy} end
local over = {}
for _, other in ipairs(redis.call('HKEYS', K.nodes)) do
  if other ~= ARGV[2] and string.lower(string.match(other, '^(.*)%.')) == ARGV[3] then
    if has_lease(other) then return {'taken', other} end
    over[#over + 1] = other
  end
end
local known = redis.call('HGET', K.nodes, ARGV[2])

-- The log's end: its last entry, and the last id that it ever gave.
local head, newest = '0-0', '0-0'
local entry = redis.call('XREVRANGE', K.log, '+', '-', 'COUNT', 1)[1]
local there = redis.call('EXISTS', K.log) == 1
if entry then head = entry[1] end
if there then
  local told = redis.call('XINFO', 'STREAM', K.log)
  for n = 1, #told, 2 do
    if told[n] == 'last-generated-id' then newest = told[n + 1] end
  end
end
local head_epoch, head_n = numbers(head)
local newest_epoch = numbers(newest)
local seen_epoch, seen_n = tonumber(ARGV[4]), tonumber(ARGV[5])
local is_behind = head_epoch < seen_epoch or head_epoch == seen_epoch and head_n < seen_n

local run = string.match(server, 'run_id:(%S+)') or ''
local lineage = redis.call('HMGET', K.lineage, 'run_id', 'log', 'epoch')

-- Whether the last event read is still there, or nothing behind it is missing. Only of the same log, and
-- within one epoch, is known that nothing worse has happened to it than to be trimmed.
local last = 'kept'
if ARGV[6] ~= '0-0' then
  local kept = redis.call('XRANGE', K.log, ARGV[6], ARGV[6])[1]
  local next = redis.call('XRANGE', K.log, '(' .. ARGV[6], '+', 'COUNT', 1)[1]
  if lineage[2] and lineage[2] ~= ARGV[10] then
    last = 'taken_back'
  elseif kept then
    local at = string.match(kept[2][2], '"at":(%d+)}$')
    if ARGV[7] ~= '' and at ~= ARGV[7] then last = 'taken_back' end
  elseif not next or not follows(next, ARGV[6]) then
    last = next and goes_on(next, ARGV[6]) and 'trimmed' or 'taken_back'
  end
end
-- Behind an outage of Redis, or of the way to it, nobody is taken for gone for as long as a lease
-- lasts: whoever holds a claim may come back a little later than this node.
local was_away = lineage[1] and run ~= lineage[1]
  or ARGV[1] == 'again' and redis.call('EXISTS', K.lease .. ARGV[2]) == 0
local lobby = K.room .. 'lobby'
redis.call('HGET', lobby .. K.meta, 'name')
local here = redis.call('SCARD', lobby)
redis.call('ZCARD', K.rooms)
local answers, decided = K.answers .. ARGV[2], '0'
if ARGV[1] == 'again' then decided = redis.call('HGET', answers, 'last') or '0' end
local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
local before, is_new, log = head, not entry or not lineage[2], lineage[2]
if is_new then
  log = string.sub(redis.sha1hex(run .. ARGV[2] .. clock[1] .. clock[2]), 1, 8)
end
local damage = ''
local function also(...)
  local done = redis.pcall(...)
  if type(done) == 'table' and done.err then damage = done.err end
  return done
end
if run ~= lineage[1] or is_new or tonumber(lineage[3] or 0) ~= head_epoch or is_behind
  or newest_epoch > head_epoch then
  local epoch = math.max(tonumber(clock[1]), head_epoch + 1, newest_epoch + 1, seen_epoch + 1)
  local record = '"type":"epoch","after":"' .. head .. '","at":' .. now .. '}'
  head = redis.call('XADD', K.log, 'MAXLEN', '~', ARGV[8], string.format('%d-0', epoch),
    'e', '{"v":1,' .. record, 'i', ARGV[2] .. ':')
  head_epoch = epoch
  also('HSET', K.lineage, 'run_id', run, 'log', log, 'epoch', string.format('%d', epoch))
  also('PUBLISH', K.channel, '{"v":1,"log":"' .. log .. '","id":"' .. head .. '",' .. record)
end
if was_away then also('HSET', K.lineage, 'calm', string.format('%.0f', tonumber(now) + 8000)) end
if ARGV[1] == 'first' then also('DEL', answers) end
-- A copy of one up to that number that is still on its way is too late from now on.
if tonumber(decided) < tonumber(ARGV[9]) then decided = ARGV[9] end
also('HSET', answers, 'last', decided)
also('PEXPIRE', answers, 60000)
-- Of one name one run lives: what the others left is let go, and they do not come back to it.
for _, other in ipairs(over) do also('HSET', K.nodes, other, 'over') end
if not known or known == 'over' then also('HSET', K.nodes, ARGV[2], now) end
also('SET', K.lease .. ARGV[2], '1', 'PX', 8000)
also('HSETNX', lobby .. K.meta, 'name', 'lobby')
also('ZADD', K.rooms, here, 'lobby')
-- What an earlier version kept of who is away, and one beside this may still keep: in `presence` alone.
if ARGV[1] == 'first' then
  for _, user in ipairs(redis.call('HKEYS', K.sessions)) do
    local is_away = also('HEXISTS', K.presence .. user, 'away')
    if is_away == 1 then also('HSETNX', K.away, user, '1') end
  end
end
return {'ok', log, before, head, string.format('%d', head_epoch), last, damage}
