-- Reads the marker that says since when Redis remembers, or writes it. KEYS[1] marker
-- ARGV what: read; begin: from now on, unless it is there; now: from now on; ever: as if it always had
-- Returns { now (ms), since when it remembers (ms) or "" }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = redis.pcall('GET', KEYS[1])
if type(since) ~= 'string' or not string.match(since, '^%d+$') or tonumber(since) > now then since = '' end

if ARGV[1] == 'now' or (ARGV[1] == 'begin' and since == '') then
  since = string.format('%.0f', now)
  redis.call('SET', KEYS[1], since)
elseif ARGV[1] == 'ever' then
  since = '0'
  redis.call('SET', KEYS[1], since)
end

return { string.format('%.0f', now), since }
