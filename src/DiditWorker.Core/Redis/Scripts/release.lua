-- Gives a key back without an answer. Returns 1, or 0 if the caller is not the owner (any more).
-- KEYS[1] record   ARGV owner, mode, retention (ms), floor of the TTL (ms), note of the attempts ("": the one that is there stays)
-- mode: forget   the request was provably never sent: the record goes, or an earlier ambiguous attempt stays as it was
--       keep     an attempt may have been made and counts
--       uncounted  an attempt may have been made, but its failure says nothing about this request
--       reset    parked: the next replay starts counting anew, the attempt stays ambiguous
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('GET', KEYS[1])
if not before then return 0 end

local state, fingerprint, owner, first, last, attempts, note =
  string.match(before, '^1 (%u) (%S+) (%S+) %d+ (%d+) (%d+) (%d+) (.*)$')
if state ~= 'P' or owner ~= ARGV[1] then return 0 end

attempts = tonumber(attempts)
if ARGV[2] == 'forget' and attempts <= 1 then
  redis.call('DEL', KEYS[1])
  return 1
end

-- A look-up waits for Didit's list to catch up with the latest attempt, which was before now.
if ARGV[2] ~= 'forget' then last = string.format('%.0f', now) end
if ARGV[2] == 'reset' then attempts = 1 elseif ARGV[2] ~= 'keep' then attempts = attempts - 1 end
if attempts < 1 then attempts = 1 end
local ttl = math.max(tonumber(first) + tonumber(ARGV[3]) - now, tonumber(ARGV[4]))
if ARGV[5] ~= '' then note = ARGV[5] end
redis.call('SET', KEYS[1], string.format('1 P %s %s 0 %s %s %d ', fingerprint, owner, first, last, attempts) .. note,
  'PX', string.format('%.0f', ttl))
return 1
