local members = redis.call('SMEMBERS', room)
local all, away = shown(members), {}
for from = 1, #members, 1000 do
  local to = math.min(from + 999, #members)
  local gone = redis.call('HMGET', K.away, unpack(members, from, to))
  for n = from, to do
    if gone[n - from + 1] then away[#away + 1] = all[n] end
  end
end
local profiles = {}
for from = 1, #members, 1000 do
  local to = math.min(from + 999, #members)
  for n, profile in ipairs(redis.call('HMGET', K.profiles, unpack(members, from, to))) do
    if profile then
      profiles[#profiles + 1] = all[from + n - 1]
      profiles[#profiles + 1] = profile
    end
  end
end
return {'ok', known[1], all, away, profiles}
