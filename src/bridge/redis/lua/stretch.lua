-- What was said before. ARGV: 4 milliseconds for which a message is told.
local clock = redis.call('TIME')
local now = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))
local too_old = tonumber(now) - tonumber(ARGV[4]) - 1

-- When something was said: its time stands at the end.
local function said_at(record)
  return string.match(string.sub(record, -30), '"at":(%d+)}$')
end

-- The messages of a stretch of a stream that fit, as its ARGV from `first` on say: behind and before
-- which position, later and earlier than which time, from which of its ends, and how many.
local function stretch(stream, first, fits)
  local low, high = '(' .. ARGV[first], '(' .. ARGV[first + 1]
  local later, earlier = math.max(tonumber(ARGV[first + 2]), too_old), tonumber(ARGV[first + 3])
  local is_newest, most = ARGV[first + 4] == 'newest', tonumber(ARGV[first + 5])
  local taken, size = {}, most
  while #taken < most do
    local page
    if is_newest then
      page = redis.call('XREVRANGE', stream, high, low, 'COUNT', size)
    else
      page = redis.call('XRANGE', stream, low, high, 'COUNT', size)
    end
    for _, entry in ipairs(page) do
      local at = tonumber(said_at(entry[2][2]))
      local is_early, is_late = at and at <= later, at and at >= earlier
      if is_newest and is_early or not is_newest and is_late then return taken end
      if not is_early and not is_late and fits(entry[2][2]) then
        taken[#taken + 1] = entry
        if #taken == most then return taken end
      end
    end
    if #page < size then return taken end
    local last = '(' .. page[#page][1]
    if is_newest then high = last else low = last end
    size = math.max(most, 128)
  end
  return taken
end
