return {'ok', shown(redis.call('SMEMBERS', K.subs .. me))}
