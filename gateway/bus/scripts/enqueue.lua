-- Atomic, because a message must not be kept without being queued, and an idempotency key must not
-- be taken twice.
--
-- KEYS[1]  any key of the partition
-- ARGV[1]  what the partition's keys begin with, for example relevo:{03}
-- ARGV[2]  idempotency key, or empty · ARGV[3] what is answered under it · ARGV[4] for how long, in s
-- ARGV[5…] per message nine words: id, account, lane, send_at in ms or empty, the message, its
--          ticket, its progress or empty, a name under which it is taken once only, or empty,
--          and when its time is over in ms, or empty
-- Returns  nil, or what was answered under the key before: then nothing was done.

local call, tag, key = redis.call, ARGV[1], ARGV[2]

if key ~= '' then
  local name = tag .. ':idempotency:' .. key
  local before = call('GET', name)
  if before then return before end
  call('SET', name, ARGV[3], 'EX', ARGV[4])
end

local woken = {}

local function queued(at)
  local id, account, lane, send_at = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local record, out = tag .. ':message:' .. id, tag .. ':out:' .. account .. ':'
  if send_at ~= '' then
    call('HSET', record, 's', 'scheduled', 'a', account, 'l', lane, 'm', ARGV[at + 4], 't', ARGV[at + 5])
    call('ZADD', out .. 'scheduled', send_at, id)
  else
    local entry = call('XADD', out .. lane, '*', 't', ARGV[at + 5])
    call('HSET', record, 's', 'queued', 'a', account, 'l', lane, 'm', ARGV[at + 4], 't', ARGV[at + 5], 'e', entry)
  end
  if ARGV[at + 6] ~= '' then call('HSET', record, 'r', ARGV[at + 6]) end
  if ARGV[at + 8] ~= '' then call('ZADD', out .. 'expiring', ARGV[at + 8], id) end
  if not woken[account] then
    woken[account] = true
    call('XADD', tag .. ':wake', 'MAXLEN', '~', 1000, '*', 'account', account)
  end
end

for at = 5, #ARGV, 9 do
  local once = ARGV[at + 7]
  if once == '' or call('SET', tag .. ':idempotency:' .. once, '', 'NX', 'EX', 86400) then queued(at) end
end
return false
