-- Whom a person means by a word: who has it as a nick, else the account of that name, in the settings
-- (`configured`) or in the store. Tells the key and how the name is spelled; nothing without anybody.
local function resolve(asked, configured)
  local user = redis.call('HGET', K.nicks, string.lower(asked))
  if user then return user, redis.call('HGET', K.names, user) or user end
  local name = registered(asked, configured)
  if not name then return nil end
  user = string.lower(name)
  local spelled = redis.call('HGET', K.names, user)
  if spelled and plain(spelled) ~= spelled then return user, spelled end
  return user, name
end
