-- Atomic, because a message must not be begun by who no longer owns it, nor after it was cancelled,
-- nor in a window that closed meanwhile.
--
-- KEYS[1]  the partition's lease
-- ARGV[1]  what the partition's keys begin with · ARGV[2] the owner, as the lease has it
-- ARGV[3]  now in ms · ARGV[4…] per message five words: id, contact, places of its window (empty
--          when it needs none), the time in s after which the contact must have opened it, and
--          what was decided already, as a sum: 1 send although it may have been sent, 2 whatever the
--          window and the contact's wishes are, 4 although now is before it is due: who put it off
--          has waited, and the clock was put back
-- Returns  nil when the partition is no longer ours, else per message one of
--          gone                                it is not queued (any more)
--          wait · due in ms                    it is to be tried later
--          doubt · message · progress · mark   another owner began it and nobody knows the end
--          look · message · progress · opened · ahead · wishes   a decision is needed; ahead is 1
--            when messages that were held for the contact are to go first, 2 when some still are
--          go · message · progress · doubt     it is begun; doubt is 1 when it may have been sent

local call, sub, tag, owner = redis.call, string.sub, ARGV[1], ARGV[2]
if call('GET', KEYS[1]) ~= owner then return false end

local now, windows = tonumber(ARGV[3]), tag .. ':window:'

local function opened(places)
  local last = 0
  for at = 1, #places, 12 do
    local told = tonumber(call('HGET', windows .. sub(places, at, at + 3), sub(places, at + 4, at + 11)) or 0)
    if told > last then last = told end
  end
  return last
end

-- What was held stays in the list until it is sent, so that others go behind it.
local function ahead(id, contact, is_open)
  local list = tag .. ':held:' .. contact
  if call('EXISTS', list) == 0 or (is_open and call('LPOS', list, id)) then return 0 end
  local others = 0
  for _, other in ipairs(call('LRANGE', list, 0, -1)) do
    if call('HGET', tag .. ':message:' .. other, 's') == 'held' then return 2 end
    if other ~= id then others = 1 end
  end
  return call('LPOS', list, id) and 0 or others
end

local function begun(id, contact, places, after, decided)
  local key = tag .. ':message:' .. id
  local kept = call('HMGET', key, 's', 'b', 'd', 'm', 'r', 'u')
  if kept[1] ~= 'queued' then return { 'gone' } end
  local foreign = kept[2] and kept[2] ~= owner
  if foreign and decided % 2 == 0 then
    return { 'doubt', kept[4], kept[5] or '', kept[2] }
  end
  if decided < 4 and kept[3] and tonumber(kept[3]) > now then return { 'wait', kept[3] } end
  if decided % 4 < 2 then
    local wishes = call('HGET', tag .. ':suppressed', contact)
    local last, before, is_open = 0, 0, true
    if places ~= '' then
      last = opened(places)
      is_open = last > tonumber(after)
      before = ahead(id, contact, is_open)
    end
    if wishes or before > 0 or not is_open then
      return { 'look', kept[4], kept[5] or '', last, before, wishes or '' }
    end
  end
  if not foreign then
    call('HSET', key, 'b', owner)
    return { 'go', kept[4], kept[5] or '', kept[6] and 1 or 0 }
  end
  -- Kept, because with our signature on it nobody would know any more, should this answer get lost.
  call('HSET', key, 'b', owner, 'u', 1)
  return { 'go', kept[4], kept[5] or '', 1 }
end

local answers = {}
for at = 4, #ARGV, 5 do
  answers[#answers + 1] = begun(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4]))
end
return answers
