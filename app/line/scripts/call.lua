-- KEYS: the line. ARGV: seconds until it expires, serving, lapsed, epoch.
-- 1, or 0 if a controller of a later epoch has called already; nil where the line is unknown.
local line = redis.call('HMGET', KEYS[1], 'serving', 'lapsed', 'epoch')
if not line[1] then
  return false
end
if line[3] and tonumber(line[3]) > tonumber(ARGV[4]) then
  return 0
end
local serving = math.max(tonumber(line[1]), tonumber(ARGV[2]))
local lapsed = math.max(tonumber(line[2]), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'serving', serving, 'lapsed', lapsed, 'epoch', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
