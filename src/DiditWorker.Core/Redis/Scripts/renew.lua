-- Extends the lease of the owner. Returns how long it lasts now (ms), or 0 if the caller is not the owner (any more).
-- KEYS[1] record   ARGV owner, lease (ms), retention (ms)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('GET', KEYS[1])
if not before then return 0 end

local state, fingerprint, owner, untilTime, first, attempts, note =
  string.match(before, '^1 (%u) (%S+) (%S+) (%d+) (%d+) %d+ (%d+) (.*)$')

-- One that the owner gave back (0) stays given back: a renewal that arrives late must not keep others waiting.
if state ~= 'P' or owner ~= ARGV[1] or untilTime == '0' then return 0 end

local lease = tonumber(ARGV[2])
local ttl = math.max(tonumber(first) + tonumber(ARGV[3]) - now, lease)
local head = string.format('1 P %s %s %.0f %s %.0f %s ', fingerprint, owner, now + lease, first, now, attempts)
redis.call('SET', KEYS[1], head .. note, 'PX', string.format('%.0f', ttl))
return lease
