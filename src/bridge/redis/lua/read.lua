-- ARGV: 9 a conversation, 10 ms up to which it was read, which never moves back nor beyond now, 11
-- conversations that are kept.
local marks, at = K.read .. me, ARGV[10]
local known = redis.call('ZSCORE', marks, ARGV[9])
if tonumber(at) > tonumber(now) then at = now end
if known and tonumber(known) >= tonumber(at) then return answer('ok', string.format('%.0f', known)) end
redis.call('ZADD', marks, at, ARGV[9])
local oldest = redis.call('ZRANGE', marks, 0, -1 - ARGV[11])
if #oldest > 0 then also('ZREM', marks, unpack(oldest)) end
return answer('ok', at)
