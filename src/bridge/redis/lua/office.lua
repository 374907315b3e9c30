-- ARGV: 9 `operator` or `none`. No event: nobody is told.
if ARGV[9] == 'operator' then
  redis.call('HSET', K.operators, me, '1')
else
  redis.call('HDEL', K.operators, me)
end
return answer('ok')
