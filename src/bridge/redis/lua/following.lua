return {'ok', shown(redis.call('SMEMBERS', K.follows .. me))}
