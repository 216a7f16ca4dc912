-- KEYS: the line. ARGV: seconds until it expires, joined, prequeue (empty: not drawn yet), serving, lapsed.
-- Raises what is lower and keeps the rest, so it may be repeated at any time.
local function raise(field, value)
  local known = redis.call('HGET', KEYS[1], field)
  if not known or tonumber(known) < tonumber(value) then
    redis.call('HSET', KEYS[1], field, value)
  end
end
raise('joined', ARGV[2])
if ARGV[3] ~= '' then
  redis.call('HSETNX', KEYS[1], 'prequeue', ARGV[3])
end
raise('serving', ARGV[4])
raise('lapsed', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
