-- Room, members, and topic or ''.
local listed, counted = {}, redis.call('ZRANGE', K.rooms, 0, -1, 'WITHSCORES')
for n = 1, #counted, 2 do
  listed[#listed + 1] = counted[n]
  listed[#listed + 1] = counted[n + 1]
  local meta = K.room .. string.lower(counted[n]) .. K.meta
  listed[#listed + 1] = redis.call('HGET', meta, 'topic') or ''
end
return {'ok', listed}
