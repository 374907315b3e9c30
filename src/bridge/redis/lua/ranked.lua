-- Whoever has the name of an account next is somebody else.
local function ranked_in(user)
  return redis.call('SMEMBERS', K.ranked .. user)
end

local function forget_ranks(user, rooms)
  for _, room in ipairs(rooms) do also('HDEL', K.room .. room .. K.ranks, user) end
  also('DEL', K.ranked .. user, K.invites .. user)
end
