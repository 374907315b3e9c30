-- What is kept of people in a hash, of all of them in few calls: `people` as fields, `all` as shown.
local function each_kept(key, people, take)
  for from = 1, #people, 1000 do
    local to = math.min(from + 999, #people)
    for n, kept in ipairs(redis.call('HMGET', key, unpack(people, from, to))) do
      if kept then take(from + n - 1, kept) end
    end
  end
end

-- Those of whom anything is kept.
local function among(key, people, all)
  local found = {}
  each_kept(key, people, function(n) found[#found + 1] = all[n] end)
  return found
end

-- The same, each with what is kept.
local function kept_of(key, people, all)
  local found = {}
  each_kept(key, people, function(n, kept)
    found[#found + 1] = all[n]
    found[#found + 1] = kept
  end)
  return found
end

-- Who is away, who is an operator of the network, and what people say about themselves.
local function known_of(people, all)
  return among(K.away, people, all), among(K.operators, people, all),
    kept_of(K.profiles, people, all)
end
