-- Who may do what in a room, by the program's own table. What holds, and which ranks somebody has,
-- are letters.
local rules = R.rules

-- Why somebody may not do it; nothing where they may.
local function denied(act, conditions, ranks)
  for _, rule in ipairs(rules[act]) do
    local applies = rule[1] == '' or string.find(conditions, rule[1], 1, true)
    local holds = rule[2] ~= '' and string.find(ranks or '', rule[2])
    if applies and not holds then return rule[3] end
  end
end

-- What holds of a room for everybody; a ban is for those alone whom it means.
local function conditions_of(room, modes)
  local met = string.gsub(modes or '', 'b', '')
  if room == 'lobby' then met = met .. 'L' end
  return met
end
