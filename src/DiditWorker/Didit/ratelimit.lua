-- Hands out places on one time line (GCRA, "virtual scheduling", ITU-T I.371 annex A), shared by all replicas.
-- KEYS[1] limit   ARGV interval between places (microseconds), number of places, pause before the first (ms)
-- Returns how long from now the first place is (microseconds)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + tonumber(ARGV[3]) * 1000)
local after = next + tonumber(ARGV[1]) * tonumber(ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', string.format('%.0f', math.ceil((after - now) / 1000) + 1000))
return string.format('%.0f', next - now)
