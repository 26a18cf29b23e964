-- Reads without claiming. KEYS[1] record
-- Returns { now (ms), the record or "", its TTL (ms; -2: no record) }
local time = redis.call('TIME')
return { string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1]) }
