-- KEYS: the line, its used places, its visits. ARGV: seconds until they expire, place, now, until, cap (empty: none).
-- {what happens, end of the visit}; nil where the line is unknown.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local ends = redis.call('ZSCORE', KEYS[3], ARGV[2])
if ends and tonumber(ends) > tonumber(ARGV[3]) then
  return {'again', ends}
end
if redis.call('GETBIT', KEYS[2], ARGV[2]) == 1 then
  return {'used', '0'}
end
local over = redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[3])
if over > 0 then
  redis.call('HINCRBY', KEYS[1], 'left', over)
end
if ARGV[5] ~= '' and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then
  return {'full', '0'}
end
redis.call('SETBIT', KEYS[2], ARGV[2], 1)
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
redis.call('HINCRBY', KEYS[1], 'entered', 1)
redis.call('EXPIRE', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[3], ARGV[1])
return {'new', ARGV[4]}
