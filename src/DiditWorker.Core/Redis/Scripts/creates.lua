-- Counts the creates of a day, UTC's by Redis' clock, for all replicas. KEYS[1] the day (since 1970) and how many, as "20785 12"
-- ARGV how many there may be, how many to take (1, or 0: only looks),
--      what to add for those sent without Redis, less those given back, and the day it is of: on another day it counts no more
-- Returns { how many are taken, how many are counted then, the day }
local today = math.floor(redis.call('TIME')[1] / 86400)
local day, count = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
local before = day and tonumber(day) == today and tonumber(count) or 0
local after = math.max(0, before + (tonumber(ARGV[4]) == today and tonumber(ARGV[3]) or 0))
local taken = after < tonumber(ARGV[1]) and tonumber(ARGV[2]) or 0
if after + taken ~= before then
    redis.call('SET', KEYS[1], string.format('%.0f %.0f', today, after + taken), 'PX', 172800000)
end
return { taken, after + taken, today }
