-- Does what a record takes: whether Redis lets it, this user, now. KEYS[1] a key of its own   ARGV its TTL (ms)
-- Returns 1
local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1], 'PX', ARGV[1])
redis.call('GET', KEYS[1])
redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
return 1
