-- Atomic, so that a crash neither loses a file that is to be tried again nor keeps one that is done.
--
-- KEYS  1 files to fetch (stream) · 2 files to try again later (sorted set by due time in ms)
-- ARGV  1 id · 2 and 3 only to try again: the job as it is to be then, and the wait in ms
-- Returns  1, or 0 when another worker settled it before.

if redis.call('XACK', KEYS[1], 'fetchers', ARGV[1]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[1])
if ARGV[2] then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
end
return 1
