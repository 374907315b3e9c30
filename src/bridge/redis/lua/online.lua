local people = redis.call('HKEYS', K.sessions)
local all = shown(people)
return {
  'ok', all, among(K.away, people, all), among(K.operators, people, all),
  kept_of(K.profiles, people, all),
}
