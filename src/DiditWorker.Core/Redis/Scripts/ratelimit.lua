-- Hands out places on one time line (GCRA, "virtual scheduling", ITU-T I.371 annex A), shared by all replicas, and counts these.
-- KEYS[1] time line, KEYS[2] replicas (one hash slot)
-- ARGV interval between places (microseconds), number of places, pause before the first (ms), name of this replica
-- Returns { how long from now the first place is (microseconds), how many replicas asked within the last minute }
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + tonumber(ARGV[3]) * 1000)
local after = next + tonumber(ARGV[1]) * tonumber(ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', string.format('%.0f', math.ceil((after - now) / 1000) + 1000))

redis.call('ZADD', KEYS[2], time[1], ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time[1] - 60)
redis.call('EXPIRE', KEYS[2], 120)
return { string.format('%.0f', next - now), redis.call('ZCARD', KEYS[2]) }
