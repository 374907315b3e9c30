-- ARGV: 9 text (JSON), 10 messages, 11 seconds kept.
if redis.call('SCARD', K.subs .. me) == 0 then return answer('ok') end
redis.call('XLEN', K.posts .. me)
local k, at = next_of('post', me)
local id, record = append('"type":"post","k":' .. k .. ',"sender":"' .. ARGV[7] .. '","text":'
  .. ARGV[9], at)
if not id then return 'epoch\n-\n' end
also('HSET', K.ordinals .. me, 'post', k, 'post_at', at, 'post_last', id)
keep(K.posts .. me, id, record, ARGV[10], ARGV[11])
return answer('ok', at)
