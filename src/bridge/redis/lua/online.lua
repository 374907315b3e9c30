return {'ok', shown(redis.call('HKEYS', K.sessions))}
