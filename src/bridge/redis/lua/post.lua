-- ARGV: 9 text (JSON).
if redis.call('SCARD', K.subs .. me) == 0 then return answer('ok') end
local k, at = next_of('post', me)
if not append('"type":"post","k":' .. k .. ',"sender":"' .. ARGV[7] .. '","text":' .. ARGV[9], at)
  then return 'epoch\n-\n' end
also('HSET', K.ordinals .. me, 'post', k, 'post_at', at)
return answer('ok')
