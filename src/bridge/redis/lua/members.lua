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
local ranked, profiles = {}, {}
-- Of whom something is kept, and what.
local function kept_of(key, found)
  for from = 1, #members, 1000 do
    local to = math.min(from + 999, #members)
    for n, kept in ipairs(redis.call('HMGET', key, unpack(members, from, to))) do
      if kept then
        found[#found + 1] = all[from + n - 1]
        found[#found + 1] = kept
      end
    end
  end
end
if redis.call('HLEN', room .. K.ranks) > 0 then kept_of(room .. K.ranks, ranked) end
kept_of(K.profiles, profiles)
return {'ok', known[1], all, away, operators, ranked, known[4] or '', profiles}
