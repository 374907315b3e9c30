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

-- Of each person the newest message counts. They are told as they are spelled now; whoever was a guest
-- and is gone cannot be told at all.
local function add(stream, pattern)
  for _, entry in ipairs(redis.call('XREVRANGE', stream, '+', '-')) do
    local name, at = string.match(entry[2][2], pattern), said_at(entry[2][2])
    if name and at and tonumber(at) > too_old then
      local user = id(name)
      local n = place[user]
      if n then
        if tonumber(at) > tonumber(people[n + 1]) then people[n + 1] = at end
      else
        local spelled = redis.call('HGET', K.names, user)
        if spelled or not is_guest(user) then
          n = #people + 1
          place[user] = n
          people[n], people[n + 1] = spelled or plain(name), at
        end
      end
    end
  end
end
add(K.inbox .. me, '"sender":"([^"]*)"')
add(K.sent .. me, '"to":"([^"]*)"')
return {'ok', rooms, people}
