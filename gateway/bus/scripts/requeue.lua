-- Atomic, because a message must be in one place at a time: waiting for its time, for its contact,
-- for a person, or in its lane.
--
-- KEYS[1]  any key of the partition
-- ARGV[1]  what the partition's keys begin with · ARGV[2] the state they must be in: scheduled,
--          held or failed · ARGV[3] their contact, where they were held
-- ARGV[4…] two words a message: id, and its progress or empty to keep it
-- Returns  per message 1, or 0 when it was in another state.

local call, tag, from = redis.call, ARGV[1], ARGV[2]
local answers, woken = {}, {}
for at = 4, #ARGV, 2 do
  local id, key = ARGV[at], tag .. ':message:' .. ARGV[at]
  local kept = call('HMGET', key, 's', 'a', 'l', 't')
  local out = kept[2] and tag .. ':out:' .. kept[2] .. ':'
  if kept[1] == from then
    local entry = call('XADD', out .. kept[3], '*', 't', kept[4])
    call('HSET', key, 's', 'queued', 'e', entry)
    if ARGV[at + 1] ~= '' then call('HSET', key, 'r', ARGV[at + 1]) end
    if from == 'scheduled' then call('ZREM', out .. 'scheduled', id) end
    if from == 'failed' then
      call('ZREM', out .. 'dead', id)
      call('PERSIST', key)
    end
    if from == 'held' then call('ZREM', out .. 'held', id) end
    if not woken[kept[2]] then
      woken[kept[2]] = true
      call('XADD', tag .. ':wake', 'MAXLEN', '~', 1000, '*', 'account', kept[2])
    end
    answers[#answers + 1] = 1
  else
    answers[#answers + 1] = 0
  end
  -- It stays in the list until it is sent, so that others go behind it; what is over does not.
  if from == 'held' and kept[1] ~= 'held' and kept[1] ~= 'queued' then
    call('LREM', tag .. ':held:' .. ARGV[3], 0, id)
  end
end
return answers
