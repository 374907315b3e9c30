-- What is kept for those who are not there. ARGV: 11 messages, 12 bytes that are told at most, and
-- again of posts; 13 milliseconds that a message is kept.
local most, most_bytes = tonumber(ARGV[11]), tonumber(ARGV[12])
local too_old_before = tonumber(now) - tonumber(ARGV[13])

-- A stream behind `since`, read from `from` backwards, a page at a time and no further than what
-- is told of it: the first page has one entry, each next one twice as many.
local function cursor(stream, since, from)
  return {stream = stream, since = since, from = from, page = {}, at = 0, size = 1}
end

-- Goes on to the next entry; false when there is none.
local function advance(c)
  c.at = c.at + 1
  if c.at > #c.page and not c.is_over then
    c.page = redis.call('XREVRANGE', c.stream, c.from, '(' .. c.since, 'COUNT', c.size)
    c.at, c.is_over, c.size = 1, #c.page < c.size, math.min(c.size * 2, 128)
    if #c.page > 0 then c.from = '(' .. c.page[#c.page][1] end
  end
  local entry = c.page[c.at]
  if not entry then return false end
  c.id, c.record = entry[1], entry[2][2]
  if string.find(c.record, '\n', 1, true) then c.record = string.gsub(c.record, '\n', ' ') end
  c.epoch, c.n = numbers(c.id)
  -- Its time stands at the end.
  local at = tonumber(string.match(string.sub(c.record, -30), '"at":(%d+)}$'))
  c.is_old = at and at < too_old_before
  return not c.is_old
end

-- The newest entries of several streams together, each as its id and its record, newest first; and
-- whether there were older ones. The cursors stand in a heap, the newest on top.
local function newest(cursors)
  local heap, taken, bytes, is_gone = {}, {}, 0, false
  for _, c in ipairs(cursors) do
    if advance(c) then heap[#heap + 1] = c end
    is_gone = is_gone or c.is_old or not c.id and redis.call('EXISTS', c.stream) == 0
  end
  local size = #heap
  local function is_newer(one, other)
    local a, b = heap[one], heap[other]
    return one <= size and (a.epoch > b.epoch or a.epoch == b.epoch and a.n > b.n)
  end
  local function sink(at)
    while true do
      local top = at
      if is_newer(2 * at, top) then top = 2 * at end
      if is_newer(2 * at + 1, top) then top = 2 * at + 1 end
      if top == at then return end
      heap[at], heap[top] = heap[top], heap[at]
      at = top
    end
  end
  for at = math.floor(size / 2), 1, -1 do sink(at) end
  while size > 0 do
    if #taken >= most or bytes >= most_bytes then return taken, true end
    local c = heap[1]
    taken[#taken + 1] = {c.id, c.record}
    bytes = bytes + #c.record
    if not advance(c) then
      is_gone = is_gone or c.is_old
      heap[1], heap[size], size = heap[size], nil, size - 1
    end
    if size > 0 then sink(1) end
  end
  return taken, is_gone
end

-- The posts of whom somebody follows, since it follows them.
local function posts_for(user, since, from)
  local authors = redis.call('SMEMBERS', K.follows .. user)
  if #authors == 0 then return {}, false end
  local followed = redis.call('HMGET', K.followed .. user, unpack(authors))
  local cursors = {}
  for n, author in ipairs(authors) do
    local behind = since
    if followed[n] and is_behind(followed[n], since) then behind = followed[n] end
    local last = redis.call('HGET', K.ordinals .. author, 'post_last')
    if last and is_behind(last, behind) then
      cursors[#cursors + 1] = cursor(K.posts .. author, behind, from)
    end
  end
  return newest(cursors)
end

-- What waits for an account behind `since`: lines for the node, the oldest of it, and the ordinal
-- of the last private message before that. `shown` is the ordinal of the last one that the account
-- has seen, '-' where that is not clear and '' where it never saw any; `last` that of the last one.
local function waiting_for(user, since, from, shown, last)
  local private = newest({cursor(K.inbox .. user, since, from)})
  local posts, are_gone = posts_for(user, since, from)
  local oldest, first = posts[#posts], private[#private]
  if first and (not oldest or is_behind(oldest[1], first[1])) then oldest = first end
  local before = tonumber(last)
  if first then before = (ordinal(first[2]) or 1) - 1 end
  local gap = ''
  if shown == '-' then
    gap = 'some'
  elseif shown ~= '' and before > tonumber(shown) then
    gap = string.format('%d', before - tonumber(shown))
  end
  local lines = {gap, are_gone and 'some' or '', string.format('%d', #private)}
  for _, messages in ipairs({private, posts}) do
    for _, message in ipairs(messages) do lines[#lines + 1] = table.concat(message, ' ') end
  end
  return table.concat(lines, '\n'), oldest and oldest[1], string.format('%d', before)
end
