-- ARGV: 9 a position: everything up to it was shown. That never moves back.
if is_guest(me) then return answer('ok') end
local known = redis.call('HGET', K.seen, me) or '0-0 -'
local seen, shown = string.match(known, '^(%S+) (%S+)$')
if not is_behind(ARGV[9], seen) then return answer('ok') end
-- The ordinal of the last private message up to there, where it can be told.
local inbox = K.inbox .. me
local last = redis.call('XREVRANGE', inbox, ARGV[9], '-', 'COUNT', 1)[1]
local first = redis.call('XRANGE', inbox, '-', '+', 'COUNT', 1)[1]
if last then
  shown = ordinal(last[2][2])
elseif not first then
  shown = tonumber(redis.call('HGET', K.ordinals .. me, 'whisper') or 0)
elseif (ordinal(first[2][2]) or 0) > (tonumber(shown) or -1) + 1 then
  -- Some went between the two, shown or not.
  shown = nil
end
redis.call('HSET', K.seen, me, ARGV[9] .. ' ' .. (shown and string.format('%d', shown) or '-'))
return answer('ok')
