-- Hands out places on one time line, shared by all replicas, when they are due and not before (GCRA, ITU-T I.371 annex A). See TimeLine.cs,
-- which does the same without Redis. A pause moves the next place; a shorter one never moves it back.
-- KEYS[1] when the next place is (microseconds), KEYS[2] replicas, KEYS[3] the interval that was learnt (one hash slot)
-- ARGV interval between places (microseconds), number of places, tolerance (microseconds), pause (microseconds), name of this replica,
--      an interval that this replica has learnt; 0: none, the one in KEYS[3] counts if there is one; -1: the interval is set and never learnt
-- Returns { how many places are granted: all or 0,
--           how long from now the first one is (microseconds; not positive), or how long until it is worth asking again,
--           how many replicas asked within the last minute, the time line afterwards, the interval in force }
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local pause = tonumber(ARGV[4])
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or now), pause > 0 and now + pause or 0)
local interval, learnt = ARGV[1], tonumber(ARGV[6])
if learnt > 0 then redis.call('SET', KEYS[3], ARGV[6], 'EX', 3600) end
if learnt >= 0 then interval = redis.call('GET', KEYS[3]) or interval end
local granted = next <= now and tonumber(ARGV[2]) or 0
local first = granted > 0 and math.max(next, now - tonumber(ARGV[3])) or next
local after = string.format('%.0f', math.ceil(first + tonumber(interval) * granted))

-- Forgotten a second after its next place: idle time is not saved up for a burst.
if granted > 0 or pause > 0 then
    redis.call('SET', KEYS[1], after, 'PX', string.format('%.0f', math.max(0, math.ceil((after - now) / 1000)) + 1000))
end

redis.call('ZADD', KEYS[2], time[1], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time[1] - 60)
redis.call('EXPIRE', KEYS[2], 120)
return { granted, string.format('%.0f', first - now), redis.call('ZCARD', KEYS[2]), after, interval }
