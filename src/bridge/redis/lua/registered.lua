-- The name of an account as registered, in the settings or in the store; false without one.
local function registered(asked, configured)
  if configured ~= '' then return configured end
  return redis.call('HGET', K.account .. string.lower(asked), 'name')
end

-- Who has a nick, in lower case; nobody who is not here.
local function has_nick(nick)
  local user = redis.call('HGET', K.nicks, nick)
  if user and redis.call('HEXISTS', K.sessions, user) == 1 then return user end
  return nil
end
