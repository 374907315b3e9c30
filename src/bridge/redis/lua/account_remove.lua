-- ARGV: 8 pairs in a slice. Asked again until none is left; the account goes with the first
-- slice, so that nobody logs in to it between two.
local held = redis.call('HGET', K.sessions, me)
if held then return answer('refused', 'live', string.match(held, '^%S+ (%S+)') or held) end
local account = redis.call('HGET', K.account .. me, 'name')
local authors = redis.call('SRANDMEMBER', K.follows .. me, ARGV[8])
local followers = redis.call('SRANDMEMBER', K.subs .. me, ARGV[8] - #authors)
if not account and #authors + #followers == 0 then return answer('refused', 'no_account') end
local name = account or shown({me})[1]
redis.call('HLEN', K.ordinals .. me)
redis.call('HLEN', K.seen)
local proofs, ranked = proofs_of(me), ranked_in(me)
local former = redis.call('XRANGE', K.former, '-', '+')
if #authors + #followers > 0 and epoch == '' then return 'epoch\n-\n' end

local slice = {}
for n, author in ipairs(shown(authors)) do slice[n] = {author, name} end
for _, follower in ipairs(shown(followers)) do slice[#slice + 1] = {name, follower} end
for _, pair in ipairs(slice) do
  if not append('"type":"unfollowed","author":"' .. pair[1] .. '","follower":"' .. pair[2] .. '"', now)
    then return 'epoch\n-\n' end
  local author, follower = id(pair[1]), id(pair[2])
  also('SREM', K.subs .. author, follower)
  also('SREM', K.follows .. follower, author)
  also('HDEL', K.followed .. follower, author)
end
also('DEL', K.account .. me, K.ordinals .. me, K.inbox .. me, K.sent .. me, K.posts .. me,
  K.tagged .. me, K.followed .. me, K.read .. me)
also('HDEL', K.seen, me)
for _, entry in ipairs(former) do
  if id(entry[2][2]) == me then also('XDEL', K.former, entry[1]) end
end
revoke(me, proofs)
forget_ranks(me, ranked)
local left = redis.call('SCARD', K.follows .. me) + redis.call('SCARD', K.subs .. me)
if left == 0 then also('HDEL', K.names, me) end
return answer('ok', string.format('%d', left))
