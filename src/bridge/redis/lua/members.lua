local members = redis.call('SMEMBERS', room)
local all, away, operators = shown(members), {}, {}
local function among(key, found)
  for from = 1, #members, 1000 do
    local to = math.min(from + 999, #members)
    local are = redis.call('HMGET', key, unpack(members, from, to))
    for n = from, to do
      if are[n - from + 1] then found[#found + 1] = all[n] end
    end
  end
end
among(K.away, away)
among(K.operators, operators)
return {'ok', known[1], all, away, operators}
