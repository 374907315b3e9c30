return {'ok', known[1], shown(redis.call('SMEMBERS', room))}
