-- The operator's hand has said no hello: it appends in the log's own epoch.
if epoch == '' then
  local entry = redis.call('XREVRANGE', K.log, '+', '-', 'COUNT', 1)[1]
  if entry then epoch = string.match(entry[1], '^%d+') end
  log = redis.call('HGET', K.lineage, 'log') or ''
end
