-- What holds of a room.
local more = redis.call('HMGET', room .. K.meta, 'limit', 'made')
return {'ok', known[1], known[4] or '', known[2] and 'k' or '', more[1], more[2]}
