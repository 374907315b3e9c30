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
  local came_as, account = id, id
  if string.sub(id, 1, 1) == '~' then
    came_as, account = string.match(id, '^(.*)%.') or id, nil
  end
  if nick == '' then return {id .. '!' .. came_as .. R.host}, account end
  local forms = {nick .. '!' .. came_as .. R.host}
  if account then forms[2] = id .. '!' .. came_as .. R.host end
  return forms, account
end

-- What stands behind a word at the beginning, if that is there.
local function behind(word, text)
  if string.sub(text, 1, #word) == word then return string.sub(text, #word + 1) end
end

-- Whether a mask means somebody, and whether only when they speak.
local function means(mask, forms, account)
  local quiet = behind(R.mute, mask)
  local pattern = quiet or mask
  local of_account = behind(R.account, pattern)
  if of_account then return account ~= nil and fits(of_account, account), quiet ~= nil end
  for _, who in ipairs(forms) do
    if fits(pattern, who) then return true, quiet ~= nil end
  end
  return false, false
end

-- Which lists of a room mean somebody, by their letters, with a `q` behind where a mask does so only
-- when they speak.
local function listed_in(room, spelled)
  local forms, account = forms_of(spelled)
  local listed = {}
  for _, field in ipairs(redis.call('HKEYS', room .. K.masks)) do
    local is_meant, quiet = means(string.sub(field, 3), forms, account)
    if is_meant then listed[string.sub(field, 1, 1) .. (quiet and 'q' or '')] = true end
  end
  return listed
end

-- What keeps somebody quiet by the lists of a room, as conditions.
local function kept_quiet(room, spelled)
  local listed = listed_in(room, spelled)
  if listed.e or listed.eq then return '' end
  return (listed.b and 'b' or '') .. (listed.bq and 'q' or '')
end
