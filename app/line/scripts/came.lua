-- KEYS: the line, its used places. ARGV: first place, last place. How many are used; nil where the line is unknown.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
return redis.call('BITCOUNT', KEYS[2], ARGV[1], ARGV[2], 'BIT')
