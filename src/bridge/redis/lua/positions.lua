-- Positions are compared as numbers; what is none stands before all of them.
local function numbers(position)
  local epoch, n = string.match(position or '', '^(%d+)-(%d+)$')
  return tonumber(epoch) or 0, tonumber(n) or 0
end

local function is_behind(one, other)
  local epoch, n = numbers(one)
  local its_epoch, its_n = numbers(other)
  return epoch > its_epoch or epoch == its_epoch and n > its_n
end

-- The ordinal of a message in its conversation.
local function ordinal(record)
  return tonumber(string.match(record, '"k":(%d+)'))
end
