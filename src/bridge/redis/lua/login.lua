-- A guest who logs in where it is: everything is read before the first write. Nothing for ''.
local function guest_of(user)
  if user == '' then return nil end
  local seen, rooms = shown({user})[1], rooms_of(user)
  local guest = {user = user, seen = seen, nick = string.match(seen, '/(.*)$'), rooms = rooms,
    named = named(rooms), ranked = {}, invites = {}}
  for n, room in ipairs(rooms) do
    local ranks = K.room .. room.room .. K.ranks
    local all = redis.call('HGET', ranks, user) or ''
    local own, gained = redis.call('HGET', ranks, me) or '', ''
    for rank in string.gmatch(own, '.') do
      if not string.find(all, rank, 1, true) then gained = gained .. rank end
    end
    -- In the order in which ranks stand.
    all = (string.find(all .. gained, 'o', 1, true) and 'o' or '')
      .. (string.find(all .. gained, 'v', 1, true) and 'v' or '')
    guest.ranked[n] = {room = room.room, name = room.name, all = all, gained = gained}
  end
  local presence = redis.call('HMGET', K.presence .. user, 'since', 'away')
  guest.since, guest.away = presence[1], presence[2]
  guest.is_away = redis.call('HGET', K.away, user)
  guest.profile = redis.call('HGET', K.profiles, user)
  guest.is_operator = redis.call('HGET', K.operators, user)
  guest.invites = redis.call('ZRANGE', K.invites .. user, 0, -1, 'WITHSCORES')
  return guest
end

local function seen_as(own, nick)
  if not nick or nick == own then return own end
  return own .. '/' .. nick
end

-- It is the guest who is told to have given them: so the account's session hears of it too.
local function tells_gained(guest, name)
  for _, room in ipairs(guest.ranked) do
    local changes = {}
    for rank in string.gmatch(room.gained, '.') do
      changes[#changes + 1] = '"+' .. rank .. ' ' .. name .. '"'
    end
    if #changes > 0 then
      local id, record = append('"type":"modes_changed","room":"' .. room.name .. '","by":"'
        .. guest.seen .. '","changes":[' .. table.concat(changes, ',') .. ']', now)
      if id then happened(room, id, record) end
    end
  end
end

-- Behind the log: what the guest is and has is the account's.
local function takes_over(guest)
  local user = guest.user
  for order, room in ipairs(guest.ranked) do
    local key = K.room .. room.room
    also('SREM', key, user)
    also('SADD', key, me)
    also('ZADD', K.rooms_of .. me, order, room.room)
    also('HDEL', key .. K.ranks, user)
    if room.all ~= '' then
      also('HSET', key .. K.ranks, me, room.all)
      also('SADD', K.ranked .. me, room.room)
    end
  end
  also('HSET', K.presence .. me, 'since', guest.since or now)
  if guest.away then also('HSET', K.presence .. me, 'away', guest.away) end
  if guest.is_away then also('HSET', K.away, me, guest.is_away) end
  if guest.profile then also('HSET', K.profiles, me, guest.profile) end
  if guest.is_operator then also('HSET', K.operators, me, guest.is_operator) end
  for n = 1, #guest.invites, 2 do
    also('ZADD', K.invites .. me, guest.invites[n + 1], guest.invites[n])
  end
  if #guest.invites > 0 then
    local there = also('ZRANGE', K.invites .. me, 0, -1)
    for n = 1, #there - R.invites do also('ZREM', K.invites .. me, there[n]) end
    also('EXPIRE', K.invites .. me, R.invited_for / 1000)
  end
  if guest.nick then also('HDEL', K.nicks, string.lower(guest.nick)) end
  for _, kept in ipairs({K.sessions, K.names, K.user_room, K.away, K.profiles, K.operators}) do
    also('HDEL', kept, user)
  end
  also('DEL', K.rooms_of .. user, K.ranked .. user, K.presence .. user, K.invites .. user,
    K.ordinals .. user, K.read .. user)
  also('SREM', K.held .. ARGV[9], user)
end
