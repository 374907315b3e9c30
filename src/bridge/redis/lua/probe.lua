-- ARGV: 8 `<incarnation> <conn>` of the newcomer. Asked once, until the live session has answered.
if before then return before end
local held = redis.call('HGET', K.sessions, me)
local fence, holder = string.match(held or '', '^(%S+) (%S+ %S+)')
if not fence or holder == ARGV[8] then return answer('ok') end
if redis.call('HGET', K.presence .. me, 'probed') == fence then return answer('ok') end
local name, live = shown({me})[1], string.gsub(holder, ' ', '/')
if not append('"type":"probed","user":"' .. name .. '","session":"' .. live .. '"', now) then
  return 'epoch\n-\n'
end
also('HSET', K.presence .. me, 'probed', fence)
return answer('ok')
