-- Why somebody may not come into a room; nothing where they may.
local function kept_out(room, user, name, has_wrong_key)
  local key, met = K.room .. room.room, ''
  local has_bans, is_closed = string.find(room.modes, 'b', 1, true), string.find(room.modes, 'i', 1, true)
  if has_bans or is_closed then
    local listed = listed_in(key, name)
    if listed.b and not listed.e then met = 'b' end
    if is_closed and not listed.I then met = met .. 'i' end
  end
  if has_wrong_key then met = met .. 'k' end
  if room.limit and redis.call('SCARD', key) >= tonumber(room.limit) then met = met .. 'l' end
  if met == '' then return end
  -- An invitation is good for as long as the room that it is to, and not for ever.
  local since = math.max(tonumber(room.made or 0), tonumber(now) - R.invited_for)
  local invited = redis.call('ZSCORE', K.invites .. user, room.room)
  if invited and tonumber(invited) >= since then return end
  return denied('enter', met, room.ranks)
end
