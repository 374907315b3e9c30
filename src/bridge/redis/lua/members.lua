local members = redis.call('SMEMBERS', room)
local all, ranked = shown(members), {}
if redis.call('HLEN', room .. K.ranks) > 0 then ranked = kept_of(room .. K.ranks, members, all) end
return {'ok', known[1], all, ranked, known[4] or '', known_of(members, all)}
