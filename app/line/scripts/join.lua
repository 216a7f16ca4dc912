-- KEYS: the line, then the bucket of each alias. ARGV: seconds until buckets expire, then each alias.
-- Twice the number, plus one where it was known already; nil where the line is unknown.
local next_number = redis.call('HGET', KEYS[1], 'joined')
if not next_number then
  return false
end
local known = {}
local number = nil
for i = 2, #KEYS do
  known[i] = redis.call('HGET', KEYS[i], ARGV[i])
  number = number or known[i]
end
local again = number and 1 or 0
if not number then
  number = next_number
  redis.call('HINCRBY', KEYS[1], 'joined', 1)
end
for i = 2, #KEYS do
  if known[i] ~= number then
    redis.call('HSET', KEYS[i], ARGV[i], number)
    redis.call('EXPIRE', KEYS[i], ARGV[1], 'NX')
  end
end
return number * 2 + again
