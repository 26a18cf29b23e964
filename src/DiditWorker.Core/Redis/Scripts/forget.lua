-- Deletes a record that a person has looked at, unless it has changed since, or somebody works on it.
-- KEYS[1] record   ARGV all of it but the payload, as it was looked at
-- Returns 1, or 0 if another record stands there (or none), or its lease is live
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('GET', KEYS[1])
if not before or string.sub(before, 1, #ARGV[1]) ~= ARGV[1] then return 0 end

local state, untilTime = string.match(before, '^[12] (%u) %S+ %S+ (%d+) ')
if not state or (state == 'P' and tonumber(untilTime) > now) then return 0 end

redis.call('DEL', KEYS[1])
return 1
