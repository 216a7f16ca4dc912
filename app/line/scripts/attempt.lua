-- KEYS: the counter of one window. ARGV: the window's seconds. How many attempts it has counted.
local count = redis.call('INCR', KEYS[1])
if count == 1 then
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return count
