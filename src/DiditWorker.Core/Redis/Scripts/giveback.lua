-- Gives back the last places of a batch that nobody used, unless the time line has moved since: a pause must not be shortened.
-- KEYS[1] time line; ARGV the time line after the batch, and the one to go back to (microseconds)
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
end
