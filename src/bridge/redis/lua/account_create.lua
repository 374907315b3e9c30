-- ARGV: 8 the stored form of its password, 9 'taken' when the settings have that account,
-- 10 the guest who may have its name as a nick, or ''.
if before then return before end
if ARGV[9] == 'taken' or redis.call('EXISTS', K.account .. me) == 1
  or (has_nick(me) or ARGV[10]) ~= ARGV[10] then
  return answer('ok', 'conflict')
end
redis.call('HEXISTS', K.names, me)
local proofs, ranked = proofs_of(me), ranked_in(me)
redis.call('HSET', K.account .. me, 'name', ARGV[7], 'hash', ARGV[8], 'created', now)
-- Of an earlier account of that name, for example one of the settings.
revoke(me, proofs)
forget_ranks(me, ranked)
if me ~= ARGV[7] then also('HSET', K.names, me, ARGV[7]) end
return answer('ok', 'stored')
