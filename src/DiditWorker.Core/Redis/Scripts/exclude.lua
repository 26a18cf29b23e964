-- Notes sessions that a person has looked at and that are not this request's. KEYS[1] the note   ARGV its TTL (ms), ids
-- Returns all of them, separated by blanks
local all = redis.call('GET', KEYS[1]) or ''
for i = 2, #ARGV do
  if not string.find(' ' .. all .. ' ', ' ' .. ARGV[i] .. ' ', 1, true) then
    all = all == '' and ARGV[i] or all .. ' ' .. ARGV[i]
  end
end

redis.call('SET', KEYS[1], all, 'PX', ARGV[1])
return all
