-- KEYS: the line, its visits. ARGV: now.
-- {joined, prequeue or -1, serving, lapsed, inside, left, entered}; nil where the line is unknown.
local line = redis.call('HMGET', KEYS[1], 'joined', 'prequeue', 'serving', 'lapsed', 'left', 'entered')
if not line[1] then
  return false
end
local over = redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
local left = tonumber(line[5] or 0) + over
if over > 0 then
  redis.call('HSET', KEYS[1], 'left', left)
end
local function whole(text, otherwise)
  return text and tonumber(text) or otherwise
end
local inside = redis.call('ZCARD', KEYS[2])
return {whole(line[1]), whole(line[2], -1), whole(line[3]), whole(line[4]), inside, left, whole(line[6], 0)}
