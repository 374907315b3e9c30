local set = redis.call('HMGET', room .. K.meta, 'topic_by', 'topic_at')
return {'ok', known[1], known[3], set[1], set[2]}
