-- KEYS: the line. The size of the pre-queue, fixed by the first call; nil where the line is unknown.
local joined = redis.call('HGET', KEYS[1], 'joined')
if not joined then
  return false
end
redis.call('HSETNX', KEYS[1], 'prequeue', joined)
return tonumber(redis.call('HGET', KEYS[1], 'prequeue'))
