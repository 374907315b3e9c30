-- ARGV: 9 what somebody says about themselves (JSON), '{}' for nothing; 10 the real name in it (JSON),
-- or ''; 11 `rooms` or `watchers`: who hears of it.
local before = redis.call('HGET', K.profiles, me) or '{}'
if before == ARGV[9] then return answer('ok') end
local rooms = rooms_of(me)
local named_before = string.match(before, '^{"real":') and true or false
local is_same = named_before == (ARGV[10] ~= '')
if is_same and named_before then
  local real = '{"real":' .. ARGV[10]
  is_same = string.sub(before, 1, #real) == real
end
-- Others are told of another name.
if not is_same and (#rooms > 0 or ARGV[11] == 'watchers') then
  local event = '"type":"real_name_set","user":"' .. ARGV[7] .. '"'
  if ARGV[10] ~= '' then event = event .. ',"text":' .. ARGV[10] end
  if not append(event .. named(rooms), now) then return 'epoch\n-\n' end
end
if ARGV[9] == '{}' then
  also('HDEL', K.profiles, me)
else
  also('HSET', K.profiles, me, ARGV[9])
end
return answer('ok')
