-- Room, members, and topic or '': of the public rooms, and of the private ones that the asker is in.
local listed, own, counted = {}, {}, redis.call('ZRANGE', K.rooms, 0, -1, 'WITHSCORES')
for n = 1, #counted, 2 do
  listed[#listed + 1] = counted[n]
  listed[#listed + 1] = counted[n + 1]
  local meta = K.room .. string.lower(counted[n]) .. K.meta
  listed[#listed + 1] = redis.call('HGET', meta, 'topic') or ''
end
for _, room in ipairs(redis.call('ZRANGE', K.rooms_of .. me, 0, -1)) do
  local key = K.room .. room
  local known = redis.call('HMGET', key .. K.meta, 'name', 'seal', 'modes', 'topic')
  if known[1] and (known[2] or known[3] and string.find(known[3], R.private)) then
    own[#own + 1] = known[1]
    own[#own + 1] = redis.call('SCARD', key)
    own[#own + 1] = known[4] or ''
  end
end
return {'ok', listed, own}
