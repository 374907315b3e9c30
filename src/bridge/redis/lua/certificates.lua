return {'ok', redis.call('SMEMBERS', K.certificates_of .. me)}
