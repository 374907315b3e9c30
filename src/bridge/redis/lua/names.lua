-- How names are spelled: that of an account, and behind a slash the nick where there is another one.
local function shown(names)
  local all = {}
  for from = 1, #names, 1000 do
    local to = math.min(from + 999, #names)
    local spelled = redis.call('HMGET', K.names, unpack(names, from, to))
    for n = from, to do all[n] = spelled[n - from + 1] or names[n] end
  end
  return all
end
