-- The session is gone and its place is kept. ARGV: 8 `<incarnation> <conn>`, 9 the incarnation,
-- 10 `detached` or `moving`. One whose place is kept already stays as it is.
if before then return before end
-- The store itself does this for a run that is over; not for one that has just come back.
if session == '' and redis.call('EXISTS', K.lease .. ARGV[9]) == 1 then return answer('ok') end
local held = redis.call('HGET', K.sessions, me)
local fence = held and string.match(held, '^%S+')
if held and held == fence .. ' ' .. ARGV[8] .. ' live' then
  redis.call('HSET', K.sessions, me, fence .. ' ' .. ARGV[8] .. ' ' .. ARGV[10])
end
return answer('ok')
