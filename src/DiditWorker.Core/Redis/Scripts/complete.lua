-- Writes the answer. Refused if another owner has the key; an answer that is there is never overwritten.
-- KEYS[1] record   ARGV version and state ("1 C" or "1 R"), fingerprint, owner, first attempt (ms), retention (ms), floor of the TTL (ms), payload
-- Returns { "1" if written, the record that stands there otherwise or "" }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('GET', KEYS[1])
local first, attempts, started = ARGV[4], '1', ARGV[4]

if before then
  local state, fingerprint, owner, recordFirst, last, recordAttempts =
    string.match(before, '^1 (%u) (%S+) (%S+) %d+ (%d+) (%d+) (%d+) ')
  if state ~= 'P' or owner ~= ARGV[3] then return { '0', before } end
  first, attempts, started = recordFirst, recordAttempts, last
end

-- No record: Redis lost it while the attempt was under way. The session is real, so it is written all the same.
local ttl = math.max(tonumber(first) + tonumber(ARGV[5]) - now, tonumber(ARGV[6]))
-- The payload is appended, since string.format may cut a text at a zero byte.
local head = string.format('%s %s %s 0 %s %s %s ', ARGV[1], ARGV[2], ARGV[3], first, started, attempts)
redis.call('SET', KEYS[1], head .. ARGV[7], 'PX', string.format('%.0f', ttl))
return { '1', '' }
