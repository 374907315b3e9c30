local members = redis.call('SMEMBERS', room)
local all, away = shown(members), {}
for from = 1, #members, 1000 do
  local to = math.min(from + 999, #members)
  local gone = redis.call('HMGET', K.away, unpack(members, from, to))
  for n = from, to do
    if gone[n - from + 1] then away[#away + 1] = all[n] end
  end
end
local ranked = {}
if redis.call('HLEN', room .. K.ranks) > 0 then
  for from = 1, #members, 1000 do
    local to = math.min(from + 999, #members)
    local ranks = redis.call('HMGET', room .. K.ranks, unpack(members, from, to))
    for n = from, to do
      if ranks[n - from + 1] then
        ranked[#ranked + 1] = all[n]
        ranked[#ranked + 1] = ranks[n - from + 1]
      end
    end
  end
end
return {'ok', known[1], all, away, ranked, known[4] or ''}
