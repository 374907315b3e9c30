-- ARGV: 8 the family, 9 the hash of its first token, 10 ms that a token lives, 11 families that an
-- account may have.
if before then return before end
local families = K.tokens .. me
local kept = redis.call('ZRANGE', families, 0, -1, 'WITHSCORES')
redis.call('HSET', K.token .. ARGV[8], 'user', me, 'hash', ARGV[9])
also('PEXPIRE', K.token .. ARGV[8], ARGV[10])
-- In the order of their last use; of those that expired the key is gone already.
local too_many = #kept / 2 + 1 - tonumber(ARGV[11])
for n = 1, #kept, 2 do
  if (n + 1) / 2 <= too_many or kept[n + 1] + ARGV[10] <= tonumber(now) then
    also('DEL', K.token .. kept[n])
    also('ZREM', families, kept[n])
  end
end
also('ZADD', families, now, ARGV[8])
also('PEXPIRE', families, ARGV[10])
return answer('ok', 'issued')
