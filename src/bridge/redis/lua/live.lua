-- Only the live session of an account may ask. ARGV: 8 the claim as it must stand.
if before then return before end
if redis.call('HGET', K.sessions, me) ~= ARGV[8] then return answer('void') end
