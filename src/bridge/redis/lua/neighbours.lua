-- Those who are in a room with the asker, each once, and the asker.
local people, is_there = {me}, {[me] = true}
for _, room in ipairs(redis.call('ZRANGE', K.rooms_of .. me, 0, -1)) do
  for _, user in ipairs(redis.call('SMEMBERS', K.room .. room)) do
    if not is_there[user] then people[#people + 1] = user end
    is_there[user] = true
  end
end
local all = shown(people)
return {'ok', all, known_of(people, all)}
