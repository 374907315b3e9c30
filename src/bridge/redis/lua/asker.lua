-- The head of every question that changes nothing. ARGV: 1 the asker in lower case, 2 its claim.
local me = ARGV[1]
if redis.call('HGET', K.sessions, me) ~= ARGV[2] then return {'void'} end
