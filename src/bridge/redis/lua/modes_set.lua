-- ARGV: from 10 on five for each wish: which act it is, its sign, its letter, what it is about, and
-- an account as configured or ''. A key comes as its seal, or as 'long'.
local granted, met = {}, conditions_of(room.room, room.modes)
local modes = string.gsub(room.modes, 'b', '')
local seal, limit = room.seal or '', room.limit or ''
local masks, count, touched = {}, {b = 0, e = 0, I = 0}, {}
local all = redis.call('HGETALL', key .. K.masks)
for n = 1, #all, 2 do
  local list = string.sub(all[n], 1, 1)
  masks[all[n]], count[list] = all[n + 1], (count[list] or 0) + 1
end
local ranked, given = redis.call('HLEN', key .. K.ranks), {}
redis.call('ZCARD', K.rooms)
redis.call('SCARD', K.private_rooms)

local refused, is_refused = {}, {}
local function no(why, about)
  local told = why .. ' ' .. about
  if not is_refused[told] then refused[#refused + 1] = told end
  is_refused[told] = true
end

local function has(letters, letter) return string.find(letters, letter, 1, true) ~= nil end
local function switched(letters, letter, is_on)
  local others = string.gsub(letters, letter, '')
  if is_on then return others .. letter end
  return others
end

local function rank(user, name, letter, is_on)
  if redis.call('SISMEMBER', key, user) == 0 then return no('not_there', room.name .. ' ' .. name) end
  local before = given[user] or redis.call('HGET', key .. K.ranks, user) or ''
  if has(before, letter) == is_on then return false end
  if before == '' and ranked >= R.ranked then return no('list_full', room.name) end
  if before == '' then ranked = ranked + 1 end
  given[user] = switched(before, letter, is_on)
  return letter .. ' ' .. name
end

local function mask(letter, about, is_on)
  local field = letter .. ' ' .. string.lower(about)
  local there = masks[field]
  if (there ~= nil) == is_on then return false end
  touched[field] = true
  if is_on then
    if count[letter] >= R.listed then return no('list_full', room.name) end
    masks[field], count[letter] = now .. ' ' .. ARGV[7] .. ' ' .. about, count[letter] + 1
    return letter .. ' ' .. about
  end
  masks[field], count[letter] = nil, count[letter] - 1
  return letter .. ' ' .. string.match(there, '%S+$')
end

-- What a wish changes, without its sign; nothing where it is so already, or refused.
local function grant(letter, about, is_on, configured)
  if letter == 'k' then
    if about == 'long' then return no('key_too_long', '') end
    local was = seal
    seal = about
    return was ~= about and 'k'
  elseif letter == 'l' then
    local was = limit
    limit = about
    return was ~= about and (is_on and 'l ' .. about or 'l')
  elseif letter == 'o' or letter == 'v' then
    local user, name = resolve(about, configured)
    if not user then return no('no_such_user', about) end
    return rank(user, name, letter, is_on)
  elseif count[letter] then
    return mask(letter, about, is_on)
  end
  if has(modes, letter) == is_on then return false end
  modes = switched(modes, letter, is_on)
  return letter
end

for at = 10, #ARGV, 5 do
  local act, sign, letter = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local why = denied(act, met, mine)
  if why then
    no(why, room.name)
  else
    local change = grant(letter, ARGV[at + 3], sign == '+', ARGV[at + 4])
    if change then granted[#granted + 1] = sign .. change end
  end
end
if #granted == 0 then
  if #refused == 1 then return answer('refused', string.match(refused[1], '^(%S+) (.*)$')) end
  return answer('ok', room.name, '0', unpack(refused))
end
-- Nicks and masks may hold what JSON does not.
local words = {}
for n, word in ipairs(granted) do words[n] = string.gsub(word, '[\\"]', '\\%0') end
local id, record = append('"type":"modes_changed","room":"' .. room.name .. '","by":"' .. ARGV[7]
  .. '","changes":["' .. table.concat(words, '","') .. '"]', now)
if not id then return 'epoch\n-\n' end
happened(room, id, record)

if count.b > 0 then modes = modes .. 'b' end
also('HSET', key .. K.meta, 'modes', modes)
local function keep(field, value)
  if value == '' then
    also('HDEL', key .. K.meta, field)
  else
    also('HSET', key .. K.meta, field, value)
  end
end
keep('seal', seal)
keep('limit', limit)
for user, ranks in pairs(given) do
  if ranks == '' then
    also('HDEL', key .. K.ranks, user)
    also('SREM', K.ranked .. user, room.room)
  else
    also('HSET', key .. K.ranks, user, ranks)
    also('SADD', K.ranked .. user, room.room)
  end
end
for field in pairs(touched) do
  if masks[field] then
    also('HSET', key .. K.masks, field, masks[field])
  else
    also('HDEL', key .. K.masks, field)
  end
end
local is_private = seal ~= '' or string.find(modes, R.private) ~= nil
if is_private and not room.is_private then
  also('ZREM', K.rooms, room.name)
  also('SADD', K.private_rooms, room.room)
elseif room.is_private and not is_private then
  also('SREM', K.private_rooms, room.room)
  room.is_private = false
  count_members(room)
end
for _, told in ipairs(refused) do granted[#granted + 1] = told end
return answer('ok', room.name, string.format('%d', #words), unpack(granted))
