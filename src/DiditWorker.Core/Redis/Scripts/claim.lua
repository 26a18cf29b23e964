-- Claims a key, or says why not. One step: who reads "nobody" is the owner before anybody else can read.
-- KEYS[1] record, KEYS[2] marker of the horizon (one hash slot)   ARGV fingerprint, owner, lease (ms), retention (ms), "1": a refusal is asked again
-- Returns { now (ms), how long the caller owns the key now (ms) or "0", the record as it was before or "", since when Redis remembers (ms) }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[3])
local retention = tonumber(ARGV[4])
local before = redis.call('GET', KEYS[1])

-- A Redis that is new or lost its data has no marker, and remembers from now on. One that nobody can mean, or from a clock that was ahead, says no more.
local since = redis.pcall('GET', KEYS[2])
if type(since) ~= 'string' or not string.match(since, '^%d+$') or tonumber(since) > now then
  since = string.format('%.0f', now)
  redis.pcall('SET', KEYS[2], since) -- A Redis that is full still gives the answers that it has.
end

local function reply(granted)
  return { string.format('%.0f', now), granted, before or '', since }
end

-- The note of earlier attempts is appended, since string.format may cut a text at a zero byte.
local function write(first, attempts, ttl, note)
  local head = string.format('1 P %s %s %.0f %.0f %.0f %d ', ARGV[1], ARGV[2], now + lease, first, now, attempts)
  redis.call('SET', KEYS[1], head .. note, 'PX', string.format('%.0f', ttl))
  return reply(ARGV[3])
end

if not before then return write(now, 1, math.max(retention, lease), '') end

local state, fingerprint, owner, untilTime, first, attempts, note =
  string.match(before, '^1 (%u) (%S+) (%S+) (%d+) (%d+) %d+ (%d+) (.*)$')

-- An operator's replay asks Didit again: a refusal made no session. Attempts before it may have, so this one is not the first.
if state == 'R' and fingerprint == ARGV[1] and ARGV[5] == '1' then
  return write(tonumber(first), 2, math.max(tonumber(first) + retention - now, lease), '')
end

if state ~= 'P' or fingerprint ~= ARGV[1] then return reply('0') end

local isLive = tonumber(untilTime) > now
if isLive and owner ~= ARGV[2] then return reply('0') end

-- A claim whose reply was lost is asked again by the same owner: no new attempt, but the lease that the owner counts on begins now.
-- The TTL counts from the first attempt, but a record must outlive the lease that it grants.
return write(tonumber(first), tonumber(attempts) + (isLive and 0 or 1), math.max(tonumber(first) + retention - now, lease), note)
