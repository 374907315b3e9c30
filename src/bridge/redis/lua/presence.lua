-- Which of these people others see now. ARGV: 3 and more as whom.
local asked, here, gone = {}, {}, {}
for n = 3, #ARGV do asked[n - 2] = string.lower(ARGV[n]) end
local by, held = {}, {}
if #asked > 0 then
  by = redis.call('HMGET', K.nicks, unpack(asked))
  held = redis.call('HMGET', K.sessions, unpack(asked))
end
for n, name in ipairs(asked) do
  -- A nick may be left of somebody who is not here any more.
  local has = by[n] and redis.call('HEXISTS', K.sessions, by[n]) == 1
  local user = has and by[n] or held[n] and name
  local spelled = user and shown({user})[1]
  -- Who has another nick is not seen under the account's name.
  if spelled and not has and plain(spelled) ~= spelled then spelled = nil end
  if spelled then here[#here + 1] = spelled else gone[#gone + 1] = ARGV[n + 2] end
end
return {'ok', here, gone}
