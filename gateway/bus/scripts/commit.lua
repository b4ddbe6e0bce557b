-- Atomic, because an event must never be remembered without being on the stream, nor be on it twice.
--
-- KEYS[1]  the partition's event stream; KEYS[2] its stream of files to fetch
-- ARGV[1]  what the partition's keys begin with, for example relevo:{03}
-- ARGV[2…] entries, two arguments each, as gateway/edge/entry.py writes them. The first is what is
--          to be done with the second, the encoded event:
--   e TYPE\tBUCKET\tMEMBER                      an event
--   w TYPE\tBUCKET\tMEMBER\tSECONDS\tLENGTH\tPLACES  one that opens the window, under each
--                                              address: 4 digits of bucket, 8 bytes of field
--   s TYPE\tBUCKET\tBIT\tFIELD                  a step of an outbound message
--   j                                          not an event: a file of the entry before it
-- Returns  how many windows opened, how many statuses were late, and the numbers (from 0) of the
--          events that were known already and left out

local call = redis.call
local floor, match, sub = math.floor, string.match, string.sub
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
local function extend(seconds, length, places)
  local last = 0
  for at = 1, #places, 12 do
    local known_at = tonumber(call('HGET', windows .. sub(places, at, at + 3), sub(places, at + 4, at + 11)) or 0)
    if known_at > last then last = known_at end
    if last + length > seconds then break end -- open: the other addresses say nothing else
  end
  local latest = seconds > last and seconds or last
  for at = 1, #places, 12 do
    call('HSET', windows .. sub(places, at, at + 3), sub(places, at + 4, at + 11), latest)
  end
  return last + length <= seconds and seconds + length > now
end

-- The event window.opened (gateway/model/event.py), made here because only here it is known.
local function opening(data, seconds, length)
  local cause = cmsgpack.unpack(data)
  return cmsgpack.pack({
    type = 'window.opened', v = cause.v, id = cause.id .. '.window', at = cause.at,
    channel = cause.channel, account = cause.account, contact = cause.contact,
    window = {opened_at = seconds * 1000, expires_at = (seconds + length) * 1000},
  })
end

-- Remembers an event and appends it; answers whether it is new.
local function event(kind, bucket, member, data)
  if call('SADD', seen .. bucket, member) == 0 or call('SISMEMBER', seen_before .. bucket, member) == 1 then
    return false
  end
  call('XADD', events, '*', 'type', kind, 'data', data)
  return true
end

-- Takes a step of an outbound message; answers whether it is new.
local function step(kind, bucket, bit, field, data)
  local taken = tonumber(call('HGET', steps .. bucket, field) or call('HGET', steps_before .. bucket, field) or 0)
  if floor(taken / bit) % 2 == 1 then return false end
  if taken >= 2 * bit then -- a later step has a higher bit
    late = late + 1
    data = sub(data, 1, -2) .. '\195' -- MessagePack true in the place of the last field, late
  end
  call('XADD', events, '*', 'type', kind, 'data', data)
  call('HSET', steps .. bucket, field, taken + bit)
  return true
end

local taken = false
for at = 2, #ARGV, 2 do
  local head, data = ARGV[at], ARGV[at + 1]
  local what = sub(head, 1, 1)
  if what == 'j' then
    if taken then call('XADD', files, '*', 'job', data) end
  else
    if what == 'w' then
      local kind, bucket, member, seconds, length, places =
        match(head, '^w ([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
      taken = event(kind, bucket, member, data)
      if taken then
        seconds, length = tonumber(seconds), tonumber(length)
        if extend(seconds, length, places) then
          opened = opened + 1
          call('XADD', events, '*', 'type', 'window.opened', 'data', opening(data, seconds, length))
        end
      end
    elseif what == 's' then
      local kind, bucket, bit, field = match(head, '^s ([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
      taken = step(kind, bucket, tonumber(bit), field, data)
    else
      local kind, bucket, member = match(head, '^e ([^\t]*)\t([^\t]*)\t(.*)$')
      taken = event(kind, bucket, member, data)
    end
    if not taken then known[#known + 1] = number end
    number = number + 1
  end
end
return {opened, late, known}
