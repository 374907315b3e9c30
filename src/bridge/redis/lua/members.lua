local members = redis.call('SMEMBERS', room)
local all, away = shown(members), {}
for n, member in ipairs(members) do
  if redis.call('HEXISTS', K.presence .. member, 'away') == 1 then away[#away + 1] = all[n] end
end
return {'ok', known[1], all, away}
