-- KEYS: all reports. ARGV: the server, its report, for how many seconds it counts.
local clock = redis.call('TIME')
local ends_ms = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[3] * 1000
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f ', ends_ms) .. ARGV[2])
redis.call('EXPIRE', KEYS[1], 86400)
return 1
