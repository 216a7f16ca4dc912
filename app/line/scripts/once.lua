-- KEYS: the pause. ARGV: its seconds. 0 if it begins now, else the seconds left.
if redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[1]) then
  return 0
end
return math.ceil(redis.call('PTTL', KEYS[1]) / 1000)
