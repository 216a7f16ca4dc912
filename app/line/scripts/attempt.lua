-- KEYS: the counter of one window. ARGV: the window's seconds, attempts. How many attempts it has counted.
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
if count == tonumber(ARGV[2]) then
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return count
