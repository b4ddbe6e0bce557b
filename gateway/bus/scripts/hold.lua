-- Atomic, because the contact may write at any moment: a message must not be put aside after that.
--
-- KEYS[1]  the partition's lease
-- ARGV     1 what the partition's keys begin with · 2 the owner, as the lease has it
--          3 id · 4 its contact · 5 places of the contact's window · 6 the time in s after which
--          the contact must have opened it · 7 when the platform said, to a call made in this
--          second, that it is closed, whatever we believe; 0 when it did not · 8 until when in ms
--          9 progress · 10 the event message.held · 11 id of the opener, or empty
--          12 the opener · 13 its ticket · 14 its progress · 15 who else may have begun it
-- Returns  lost · gone · open (nothing was done) · held

local call, sub, tag = redis.call, string.sub, ARGV[1]
if call('GET', KEYS[1]) ~= ARGV[2] then return 'lost' end
local id, contact, places = ARGV[3], ARGV[4], ARGV[5]
local key, list = tag .. ':message:' .. id, tag .. ':held:' .. contact
local kept = call('HMGET', key, 's', 'b', 'e', 'a', 'l')
if kept[1] ~= 'queued' or (kept[2] and kept[2] ~= ARGV[2] and kept[2] ~= ARGV[15]) then return 'gone' end

local after, refused_at = tonumber(ARGV[6]), tonumber(ARGV[7])
local others, listed, opener = call('LRANGE', list, 0, -1), false, nil
for _, other in ipairs(others) do
  listed = listed or other == id -- it was held before, and released
  local known = call('HMGET', tag .. ':message:' .. other, 's', 'o')
  if known[1] == 'held' then opener = known[2] or '' end -- which the others wait for
end
local waiting = opener ~= nil
for at = 1, #places, 12 do
  local bucket, field = tag .. ':window:' .. sub(places, at, at + 3), sub(places, at + 4, at + 11)
  local told = tonumber(call('HGET', bucket, field) or 0)
  if refused_at > 0 then
    -- Else the next message would believe it again, and bring another opener.
    if told > 0 and told <= refused_at then call('HDEL', bucket, field) end
  elseif told > after and (listed or #others == 0) then
    return 'open'
  end
end

local out = tag .. ':out:' .. kept[4] .. ':'
call('HSET', key, 's', 'held', 'r', ARGV[9], 'o', opener or ARGV[11])
call('HDEL', key, 'b', 'd', 'e', 'u')
if kept[3] then call('XDEL', out .. kept[5], kept[3]) end
if not listed then call('RPUSH', list, id) end
call('ZADD', out .. 'held', ARGV[8], id)
call('XADD', tag .. ':events', '*', 'type', 'message.held', 'data', ARGV[10])
if ARGV[11] ~= '' and not waiting then
  local entry = call('XADD', out .. kept[5], '*', 't', ARGV[13])
  call('HSET', tag .. ':message:' .. ARGV[11], 's', 'queued', 'a', kept[4], 'l', kept[5],
    'm', ARGV[12], 't', ARGV[13], 'r', ARGV[14], 'e', entry)
  call('XADD', tag .. ':wake', 'MAXLEN', '~', 1000, '*', 'account', kept[4])
end
return 'held'
