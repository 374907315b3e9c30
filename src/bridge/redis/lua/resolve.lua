-- Whom a person means by a word: the account of that name, in the settings (`configured`) or in the
-- store, else who has it as a nick. Nobody has another's name as a nick, unless the settings name an
-- account only now: then it is the account. Tells the key and how the name is spelled; nothing without
-- anybody.
local function resolve(asked, configured)
  local name = registered(asked, configured)
  if not name then
    local user = has_nick(string.lower(asked))
    if not user then return nil end
    return user, redis.call('HGET', K.names, user) or user
  end
  local user = string.lower(name)
  local spelled = redis.call('HGET', K.names, user)
  if spelled and plain(spelled) ~= spelled then return user, spelled end
  return user, name
end
