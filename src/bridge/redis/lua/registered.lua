-- The name of an account as registered, in the settings or in the store; false without one.
local function registered(asked, configured)
  if configured ~= '' then return configured end
  return redis.call('HGET', K.account .. string.lower(asked), 'name')
end
