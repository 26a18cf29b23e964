-- Claims a key, or says why not. One step: who reads "nobody" is the owner before anybody else can read.
-- KEYS[1] record   ARGV fingerprint, owner, lease (ms), retention (ms)
-- Returns { now (ms), "1" if the caller is the owner now, the record as it was before or "" }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[3])
local retention = tonumber(ARGV[4])
local before = redis.call('GET', KEYS[1])

local function write(first, attempts, ttl)
  redis.call('SET', KEYS[1], string.format('1 P %s %s %.0f %.0f %.0f %d ', ARGV[1], ARGV[2], now + lease, first, now, attempts),
    'PX', string.format('%.0f', ttl))
end

if not before then
  write(now, 1, math.max(retention, lease))
  return { string.format('%.0f', now), '1', '' }
end

local state, fingerprint, owner, untilTime, first, attempts =
  string.match(before, '^1 (%u) (%S+) (%S+) (%d+) (%d+) %d+ (%d+) ')
if state ~= 'P' or fingerprint ~= ARGV[1] then
  return { string.format('%.0f', now), '0', before }
end

if tonumber(untilTime) > now then
  -- A claim whose reply was lost is asked again by the same owner.
  return { string.format('%.0f', now), owner == ARGV[2] and '1' or '0', before }
end

-- The TTL counts from the first attempt, but a record must outlive the lease that it grants.
write(tonumber(first), tonumber(attempts) + 1, math.max(tonumber(first) + retention - now, lease))
return { string.format('%.0f', now), '1', before }
