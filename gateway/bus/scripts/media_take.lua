-- Atomic, so that a file is in one place at a time: waiting, being fetched by one worker, or later.
--
-- KEYS  1 files to fetch (stream) · 2 files to try again later (sorted set by due time in ms)
-- ARGV  1 how many to take · 2 lease in ms: what a worker held for longer is taken from it
-- Returns  waiting · later · age in ms of the oldest waiting · then per file: id, job, how often it
-- was handed out.

local GROUP, NAME, DUE_AT_ONCE = 'fetchers', 'fetcher', 100
local files, later = KEYS[1], KEYS[2]
local count, lease = tonumber(ARGV[1]), ARGV[2]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, job in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, DUE_AT_ONCE)) do
  redis.call('XADD', files, '*', 'job', job)
  redis.call('ZREM', later, job)
end

local function claim()
  return redis.pcall('XAUTOCLAIM', files, GROUP, NAME, lease, '0-0', 'COUNT', count)
end

local taken = {}

if count > 0 then
  local claimed = claim()
  if claimed.err then
    if not string.find(claimed.err, 'NOGROUP', 1, true) then return claimed end
    redis.call('XGROUP', 'CREATE', files, GROUP, '0', 'MKSTREAM')
    claimed = claim()
  end
  for _, entry in ipairs(claimed[2]) do
    local pending = redis.call('XPENDING', files, GROUP, entry[1], entry[1], 1)
    table.insert(taken, { entry[1], entry[2][2], pending[1][4] })
  end
  if #taken < count then
    local read = redis.call(
      'XREADGROUP', 'GROUP', GROUP, NAME, 'COUNT', count - #taken, 'STREAMS', files, '>')
    for _, entry in ipairs(read and read[1][2] or {}) do
      table.insert(taken, { entry[1], entry[2][2], 1 })
    end
  end
end

local first = redis.call('XRANGE', files, '-', '+', 'COUNT', 1)[1]
local age = first and now - tonumber(string.match(first[1], '^%d+')) or 0
return { redis.call('XLEN', files), redis.call('ZCARD', later), age, taken }
