-- KEYS: the line, its visits. ARGV: place. 1 if a visit has ended, 0 if there was none; nil where the line is unknown.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local ended = redis.call('ZREM', KEYS[2], ARGV[1])
if ended == 1 then
  redis.call('HINCRBY', KEYS[1], 'left', 1)
end
return ended
