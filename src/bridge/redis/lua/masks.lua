-- Whom the lists of a room mean. Everything is in lower case.
local function fits(pattern, name)
  local at, in_name = 1, 1
  -- Where the last star stands, and how much of the name it has taken.
  local star, taken
  while in_name <= #name do
    local byte = string.byte(pattern, at)
    if byte == 42 then
      star, taken, at = at, in_name, at + 1
    elseif byte and (byte == 63 or byte == string.byte(name, in_name)) then
      at, in_name = at + 1, in_name + 1
    elseif star then
      taken = taken + 1
      at, in_name = star + 1, taken
    else
      return false
    end
  end
  return not string.find(pattern, '[^*]', at)
end

-- Somebody as masks mean them: by the nick, and where that is another word than the account's name,
-- by that too.
local function forms_of(spelled)
  local id, nick = string.match(string.lower(spelled), '^([^/]*)/?(.*)$')
  local came_as = id
  if string.sub(id, 1, 1) == '~' then came_as = string.match(id, '^(.*)%.') or id end
  if nick == '' then return {id .. '!' .. came_as .. R.host} end
  local forms = {nick .. '!' .. came_as .. R.host}
  if came_as == id then forms[2] = id .. '!' .. came_as .. R.host end
  return forms
end

local function is_listed(room, list, spelled)
  local forms = forms_of(spelled)
  for _, field in ipairs(redis.call('HKEYS', room .. K.masks)) do
    if string.sub(field, 1, 1) == list then
      for _, who in ipairs(forms) do
        if fits(string.sub(field, 3), who) then return true end
      end
    end
  end
  return false
end

local function is_banned(room, spelled)
  return is_listed(room, 'b', spelled) and not is_listed(room, 'e', spelled)
end
