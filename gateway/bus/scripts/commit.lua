-- Atomic, because an event must never be remembered without being on the stream, nor be on it twice.
--
-- KEYS[1]  the partition's event stream; KEYS[2] its stream of files to fetch
-- ARGV[1]  what the partition's keys begin with, for example relevo:{03}
-- ARGV[2…] entries, two arguments each, as gateway/edge/entry.py writes them. The first is what is
--          to be done with the second, the encoded event. Its parts have fixed widths (cutting them
--          out costs half of matching a pattern), but for the last:
--   e SECONDS:10 BUCKET:5 MEMBER                     an event
--   w SECONDS:10 BUCKET:5 LENGTH:7 COUNT:1 PLACES:COUNT*12 MEMBER
--                                                    one that opens the window for LENGTH seconds,
--                                                    under each address: 4 digits of bucket, 8
--                                                    bytes of field
--   o SECONDS:10 BUCKET:5 SIZE:2 MEMBER:SIZE SENT    an echo; SENT ends the key of a message that
--                                                    we sent, account and platform id
--   s BUCKET:5 BIT:2 FIELD:8                         a step of an outbound message
--   j                                                not an event: a file of the entry before it
--          SECONDS are the platform's time, 0 where it tells none.
-- Returns  how many windows opened, how many statuses were late, and the numbers (from 0) of the
--          events that were known already and left out

local call = redis.call
local byte, floor, sub = string.byte, math.floor, string.sub
local events, files, tag = KEYS[1], KEYS[2], ARGV[1]
local now = tonumber(call('TIME')[1])

local seen_now = floor(now / 691200) -- generations of 8 days: platforms retry for 7
local seen, seen_before = tag .. ':seen:' .. seen_now .. ':', tag .. ':seen:' .. (seen_now - 1) .. ':'
-- What happened after this cannot have been delivered in the generation before, if no platform's
-- clock is a day fast: so most events need one look-up, not two.
local surely_new = seen_now * 691200 + 86400
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

-- The event's type: MessagePack of ours begins with a map of few keys, and the first of them is
-- "type", a short string.
local function append(data)
  call('XADD', events, '*', 'type', sub(data, 8, byte(data, 7) - 153), 'data', data)
end

-- Remembers an event and appends it; answers whether it is new.
local function event(seconds, bucket, member, data)
  if call('SADD', seen .. bucket, member) == 0 then return false end
  if seconds < surely_new and call('SISMEMBER', seen_before .. bucket, member) == 1 then return false end
  append(data)
  return true
end

-- MessagePack true in the place of the last field.
local function turned_on(data)
  return sub(data, 1, -2) .. '\195'
end

-- Takes a step of an outbound message; answers whether it is new.
local function step(bucket, bit, field, data)
  local taken = call('HINCRBY', steps .. bucket, field, bit) - bit
  if taken == 0 then
    taken = tonumber(call('HGET', steps_before .. bucket, field) or 0)
    if taken > 0 then call('HINCRBY', steps .. bucket, field, taken) end
  end
  if floor(taken / bit) % 2 == 1 then
    call('HINCRBY', steps .. bucket, field, -bit) -- it was counted twice
    return false
  end
  if taken >= 2 * bit then -- a later step has a higher bit
    late = late + 1
    data = turned_on(data) -- late
  end
  append(data)
  return true
end

local taken, fetched = false, false -- the entry before is new; and its files are wanted
for at = 2, #ARGV, 2 do
  local head, data = ARGV[at], ARGV[at + 1]
  local what = byte(head)
  if what == 106 then -- j
    if fetched then call('XADD', files, '*', 'job', data) end
  else
    local own = false
    if what == 119 then -- w
      local seconds, places = tonumber(sub(head, 2, 11)), 24 + 12 * sub(head, 24, 24)
      taken = event(seconds, sub(head, 12, 16), sub(head, places + 1), data)
      if taken then
        local length = tonumber(sub(head, 17, 23))
        if extend(seconds, length, sub(head, 25, places)) then
          opened = opened + 1
          call('XADD', events, '*', 'type', 'window.opened', 'data', opening(data, seconds, length))
        end
      end
    elseif what == 115 then -- s
      taken = step(sub(head, 2, 6), tonumber(sub(head, 7, 8)), sub(head, 9), data)
    elseif what == 111 then -- o
      local sent = 19 + sub(head, 17, 18)
      own = call('HEXISTS', tag .. ':sent:' .. sub(head, sent), 'm') == 1
      if own then data = turned_on(data) end
      taken = event(tonumber(sub(head, 2, 11)), sub(head, 12, 16), sub(head, 19, sent - 1), data)
    else
      taken = event(tonumber(sub(head, 2, 11)), sub(head, 12, 16), sub(head, 17), data)
    end
    if not taken then known[#known + 1] = number end
    fetched = taken and not own
    number = number + 1
  end
end
return {opened, late, known}
