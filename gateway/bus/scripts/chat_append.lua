-- Atomic, so that an entry is written once, and nobody is told of one that is not there.
--
-- KEYS  1 the log (stream) · 2 the account's signals (stream) · 3 what remembers that it was written
-- ARGV  1 name of the log · 2 data · 3 keep for (ms) · 4 entries kept · 5 signals kept
--       6 how long it is remembered (ms); 0 writes without asking
-- Returns  the entry's id · 1 when it was written, 0 when it had been written before

local log, signals, once = KEYS[1], KEYS[2], KEYS[3]
local keep, remember = tonumber(ARGV[3]), tonumber(ARGV[6])

if remember > 0 then
  local known = redis.call('GET', once)
  if known then return { known, 0 } end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local id = redis.call('XADD', log, 'MAXLEN', ARGV[4], '*', 'data', ARGV[2])
redis.call('XTRIM', log, 'MINID', string.format('%.0f', now - keep))
redis.call('PEXPIRE', log, keep)
if remember > 0 then redis.call('SET', once, id, 'PX', remember) end

redis.call('XADD', signals, 'MAXLEN', '~', ARGV[5], '*', 'topic', ARGV[1], 'data', ARGV[2], 'id', id)
redis.call('PEXPIRE', signals, 3600000)
return { id, 1 }
