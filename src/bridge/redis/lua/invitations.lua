-- The rooms to which the asker is invited, since they were made.
local clock = redis.call('TIME')
local since, rooms = clock[1] * 1000 - R.invited_for, {}
local invites = redis.call('ZRANGE', K.invites .. me, 0, -1, 'WITHSCORES')
for n = 1, #invites, 2 do
  local known = redis.call('HMGET', K.room .. invites[n] .. K.meta, 'name', 'made')
  local at = tonumber(invites[n + 1])
  if known[1] and at >= math.max(tonumber(known[2] or 0), since) then rooms[#rooms + 1] = known[1] end
end
return {'ok', rooms}
