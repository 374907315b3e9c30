-- A live session was asked whether it is alive, and is.
if redis.call('HEXISTS', K.presence .. me, 'probed') == 0 then return answer('ok') end
if not append('"type":"alive","user":"' .. ARGV[7] .. '","session":"' .. session .. '"', now) then
  return 'epoch\n-\n'
end
also('HDEL', K.presence .. me, 'probed')
return answer('ok')
