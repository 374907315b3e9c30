local people = redis.call('HKEYS', K.sessions)
local all = shown(people)
return {'ok', all, known_of(people, all)}
