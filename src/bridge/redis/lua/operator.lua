-- Only an operator may ask.
if redis.call('HEXISTS', K.operators, me) == 0 then return answer('refused', 'no_operator') end
