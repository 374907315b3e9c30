-- The rooms and the people, each followed by the time of the last message.
local rooms, people, place = {}, {}, {}
for _, name in ipairs(redis.call('ZRANGE', K.rooms_of .. me, 0, -1)) do
  local room = K.room .. name
  local last = redis.call('XREVRANGE', room .. K.history, '+', '-', 'COUNT', 1)[1]
  local at = last and said_at(last[2][2])
  if at and tonumber(at) > too_old then
    rooms[#rooms + 1] = redis.call('HGET', room .. K.meta, 'name') or name
    rooms[#rooms + 1] = at
  end
end

-- Of each person the newest message counts.
local function add(stream, pattern)
  for _, entry in ipairs(redis.call('XREVRANGE', stream, '+', '-')) do
    local name, at = string.match(entry[2][2], pattern), said_at(entry[2][2])
    if name and at and tonumber(at) > too_old then
      local n = place[string.lower(name)]
      if not n then
        n = #people + 1
        place[string.lower(name)] = n
        people[n], people[n + 1] = name, at
      elseif tonumber(at) > tonumber(people[n + 1]) then
        people[n], people[n + 1] = name, at
      end
    end
  end
end
add(K.inbox .. me, '"sender":"([^"]*)"')
add(K.sent .. me, '"to":"([^"]*)"')
return {'ok', rooms, people}
