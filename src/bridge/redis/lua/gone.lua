-- Behind the log: somebody is gone, who was spelled `name` and held by the run `holder`. Of a guest
-- nothing is left but that it was here.
local function is_gone(user, name, holder, profile)
  remember(name, profile)
  also('HDEL', K.sessions, user)
  also('HDEL', K.user_room, user)
  also('DEL', K.rooms_of .. user, K.presence .. user)
  also('HDEL', K.away, user)
  also('HDEL', K.profiles, user)
  also('HDEL', K.operators, user)
  also('SREM', K.held .. holder, user)
  if is_guest(user) then also('DEL', K.read .. user, K.ordinals .. user, K.invites .. user) end
end
