-- Who was here under which nick. The last of ARGV: milliseconds for which that is remembered.
redis.call('XLEN', K.former)

-- Behind the log: somebody is gone, or seen under another nick; `profile` was read before.
local function remember(name, profile)
  local kept_for = tonumber(ARGV[#ARGV])
  if kept_for == 0 then return end
  also('XADD', K.former, 'MAXLEN', R.former, '*', 'u', name, 'p', profile or '{}')
  local too_old = tonumber(now) - kept_for - 1
  if too_old < 0 then return end
  local old = also('XRANGE', K.former, '-', string.format('%.0f', too_old), 'COUNT', 16)
  for _, entry in ipairs(old) do also('XDEL', K.former, entry[1]) end
end

-- Whether somebody is seen under another nick, and not only in other letters of the case.
local function is_renamed(name, was)
  local function seen(spelled) return string.lower(string.match(spelled, '/(.*)$') or spelled) end
  return seen(name) ~= seen(was)
end
