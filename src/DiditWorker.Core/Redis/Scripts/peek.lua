-- Reads without claiming. KEYS[1] record, KEYS[2] marker of the horizon (one hash slot)
-- Returns { now (ms), the record or "", its TTL (ms; -2: no record), since when Redis remembers, or "" }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = redis.pcall('GET', KEYS[2])
if type(since) ~= 'string' or not string.match(since, '^%d+$') or tonumber(since) > now then since = '' end
return { string.format('%.0f', now), redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1]), since }
