local members = redis.call('SMEMBERS', room)
local all, ranked = shown(members), {}
if redis.call('HLEN', room .. K.ranks) > 0 then ranked = kept_of(room .. K.ranks, members, all) end
return {
  'ok', known[1], all, among(K.away, members, all), among(K.operators, members, all), ranked,
  known[4] or '', kept_of(K.profiles, members, all),
}
