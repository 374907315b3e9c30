-- ARGV: 3 a conversation.
local at = redis.call('ZSCORE', K.read .. me, ARGV[3])
return {'ok', at and string.format('%.0f', at)}
