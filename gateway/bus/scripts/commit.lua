-- Atomic, because an event must never be remembered without being on the stream, nor be on it twice.
--
-- KEYS[1]  the partition's event stream; KEYS[2] its stream of files to fetch
-- ARGV[1]  what the partition's keys begin with, for example relevo:{03}
-- ARGV[2…] units: MessagePack arrays of entries, as gateway/edge/entry.py writes them. An entry:
--   {"e", type, data, bucket, member}                               an event
--   {"w", type, data, bucket, member, seconds, length, bucket, field, …}
--                                          one that opens the window, under each address
--   {"s", type, data, bucket, field, bit}  a step of an outbound message
--   {"j", job}                             a file of the entry before it
-- Returns  how many windows opened, how many statuses were late, and the numbers (from 0) of the
--          events that were known already and left out

local call = redis.call
local floor, unpack_ = math.floor, cmsgpack.unpack
local events, files, tag = KEYS[1], KEYS[2], ARGV[1]
local now = tonumber(call('TIME')[1])

local seen_now = floor(now / 691200) -- generations of 8 days: platforms retry for 7
local seen, seen_before = tag .. ':seen:' .. seen_now .. ':', tag .. ':seen:' .. (seen_now - 1) .. ':'
local steps_now = floor(now / 2592000) -- generations of 30 days
local steps, steps_before = tag .. ':steps:' .. steps_now .. ':', tag .. ':steps:' .. (steps_now - 1) .. ':'
local windows = tag .. ':window:'

-- Whatever can go wrong with the stream goes wrong here, before anything is remembered: it may be
-- of another type, and a full Redis refuses a script's first write, but none after it.
call('XLEN', events)
call('SADD', tag .. ':generations', 'seen:' .. seen_now, 'steps:' .. steps_now) -- for the sweeper

local known, late, opened, number = {}, 0, 0, 0

-- The contact wrote: extends the window; answers whether that opened it.
local function extend(entry)
  local seconds, length, last = entry[6], entry[7], 0
  for at = 8, #entry, 2 do
    local known_at = tonumber(call('HGET', windows .. entry[at], entry[at + 1]) or 0)
    if known_at > last then last = known_at end
    if last + length > seconds then break end -- open: the other addresses say nothing else
  end
  local latest = seconds > last and seconds or last
  for at = 8, #entry, 2 do
    call('HSET', windows .. entry[at], entry[at + 1], latest)
  end
  return last + length <= seconds and seconds + length > now
end

-- The event window.opened (gateway/model/event.py), made here because only here it is known.
local function opening(entry)
  local cause = unpack_(entry[3])
  return cmsgpack.pack({
    type = 'window.opened', v = cause.v, id = cause.id .. '.window', at = cause.at,
    channel = cause.channel, account = cause.account, contact = cause.contact,
    window = {opened_at = entry[6] * 1000, expires_at = (entry[6] + entry[7]) * 1000},
  })
end

-- Takes a step of an outbound message; answers whether it is new.
local function step(entry)
  local bucket, field, bit = entry[4], entry[5], entry[6]
  local taken = tonumber(call('HGET', steps .. bucket, field) or call('HGET', steps_before .. bucket, field) or 0)
  if floor(taken / bit) % 2 == 1 then return false end
  local data = entry[3]
  if taken >= 2 * bit then -- a later step has a higher bit
    late = late + 1
    data = data:sub(1, -2) .. '\195' -- MessagePack true in the place of the last field, late
  end
  call('XADD', events, '*', 'type', entry[2], 'data', data)
  call('HSET', steps .. bucket, field, taken + bit)
  return true
end

-- Takes an event; answers whether it is new.
local function event(entry)
  local bucket, member = entry[4], entry[5]
  if call('SADD', seen .. bucket, member) == 0 or call('SISMEMBER', seen_before .. bucket, member) == 1 then
    return false
  end
  call('XADD', events, '*', 'type', entry[2], 'data', entry[3])
  if entry[1] == 'w' and extend(entry) then
    opened = opened + 1
    call('XADD', events, '*', 'type', 'window.opened', 'data', opening(entry))
  end
  return true
end

for at = 2, #ARGV do
  local taken = false
  for _, entry in ipairs(unpack_(ARGV[at])) do
    local kind = entry[1]
    if kind == 'j' then
      if taken then call('XADD', files, '*', 'job', entry[2]) end
    else
      if kind == 's' then taken = step(entry) else taken = event(entry) end
      if not taken then known[#known + 1] = number end
      number = number + 1
    end
  end
end
return {opened, late, known}
