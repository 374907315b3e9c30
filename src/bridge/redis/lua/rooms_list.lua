return {'ok', redis.call('ZRANGE', K.rooms, 0, -1, 'WITHSCORES')}
