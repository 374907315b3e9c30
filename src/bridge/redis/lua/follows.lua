-- The numbers of a position.
local function numbers(position)
  local epoch, n = string.match(position, '^(%d+)-(%d+)$')
  return tonumber(epoch), tonumber(n)
end

-- Whether an entry of the log stands right behind a position.
local function follows(entry, position)
  local epoch, n = numbers(position)
  local its_epoch, its_n = numbers(entry[1])
  if its_epoch == epoch then return its_n == n + 1 end
  local after = string.match(entry[2][2], '^{"v":%d+,"type":"epoch","after":"([%d-]+)"')
  return its_n == 0 and after == position
end

-- Whether the next entry that the log holds behind a position shows that the same epoch went on there.
local function goes_on(entry, position)
  local epoch, n = numbers(position)
  local after = string.match(entry[2][2], '^{"v":%d+,"type":"epoch","after":"([%d-]+)"')
  local its_epoch, its_n = numbers(after or entry[1])
  return its_epoch == epoch and its_n > n
end
