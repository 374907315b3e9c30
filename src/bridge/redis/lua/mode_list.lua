-- Who is in a list of a room. ARGV: 4 its letter.
if ARGV[4] ~= 'b' then
  local mine = redis.call('HGET', room .. K.ranks, me)
  local why = denied('see', conditions_of(string.lower(ARGV[3]), known[4]), mine)
  if why then return {'refused', why, known[1]} end
end
local all, listed = redis.call('HGETALL', room .. K.masks), {}
for n = 1, #all, 2 do
  if string.sub(all[n], 1, 1) == ARGV[4] then listed[#listed + 1] = all[n + 1] end
end
return {'ok', known[1], listed}
