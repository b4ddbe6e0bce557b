-- Atomic, because what became of a message must be kept, told on the stream and taken out of its
-- queue together.
--
-- KEYS[1]  the partition's event stream
-- ARGV[1]  what the partition's keys begin with · ARGV[2] how long records are kept, in s
-- ARGV[3]  now in ms · ARGV[4…] per message ten words:
--          1 id · 2 what must still be so: b and who began it; or, while nobody has, s and its
--          state, or r, its state, a space and its progress
--          3 what: p a part is out and the next is begun · l try again · d it is over
--          4 when to try again in ms, or the state it ends in · 5 progress, or empty to keep it
--          6 ids of the platform, as a MessagePack list, or empty · 7 type of event, or empty
--          8 event · 9 its contact, where it was held or where 10 concerns it · 10 sum of 1 when it
--          can be sent again, 2 when it is an opener: others wait for the contact to answer it, 4
--          when it was marketing, so that a word such as "end" is an answer to it, 8 when it was to
--          expire
-- Returns  per message 1, also when the same was kept before and only the answer got lost, or 0
--          when it was no longer so.

local call, sub, tag = redis.call, string.sub, ARGV[1]
local events, keep, now = KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local marketed = 86400 -- MARKETED_SECONDS of gateway/bus/keys.py

local function settled(at)
  local id, expected, what, arg, progress = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local key = tag .. ':message:' .. id
  local kept = call('HMGET', key, 's', 'b', 'e', 'a', 'l')
  if sub(expected, 1, 1) == 'b' then
    -- Queued and signed by nobody: Redis lost the signature, or whoever began it anew is done.
    if kept[2] ~= sub(expected, 2) and (kept[2] or kept[1] ~= 'queued') then
      return kept[1] == arg and progress ~= '' and call('HGET', key, 'r') == progress and 1 or 0
    end
  else
    local state = kept[1]
    if state and sub(expected, 1, 1) == 'r' then state = state .. ' ' .. (call('HGET', key, 'r') or '') end
    if state ~= sub(expected, 2) or kept[2] then return 0 end
  end
  local account = kept[4]
  local function keep_with(field, value)
    if progress == '' then return call('HSET', key, field, value) end
    return call('HSET', key, field, value, 'r', progress)
  end
  local marks = tonumber(ARGV[at + 9])
  local opener = marks % 4 >= 2
  local unopened = opener and (arg == 'failed' or arg == 'cancelled')
  if ARGV[at + 5] ~= '' then
    for _, platform_id in ipairs(cmsgpack.unpack(ARGV[at + 5])) do
      local sent = tag .. ':sent:' .. account .. ':' .. platform_id
      call('HSET', sent, 'm', id)
      call('EXPIRE', sent, keep)
      -- Whoever kept that status did not know yet that it was an opener's.
      unopened = unopened or (opener and call('HEXISTS', sent, 'failed') == 1)
    end
  end
  if ARGV[at + 6] ~= '' then
    call('XADD', events, '*', 'type', ARGV[at + 6], 'data', ARGV[at + 7])
  end
  if what == 'p' then
    keep_with('b', sub(expected, 2))
  elseif what == 'l' then
    keep_with('d', arg)
    call('HDEL', key, 'b', 'u')
  elseif what == 'd' then
    local out = tag .. ':out:' .. account .. ':'
    keep_with('s', arg)
    call('HDEL', key, 'b', 'd', 'e', 'u')
    call('EXPIRE', key, keep)
    if kept[3] then call('XDEL', out .. kept[5], kept[3]) end
    if kept[1] == 'scheduled' then call('ZREM', out .. 'scheduled', id) end
    if kept[1] == 'held' then call('ZREM', out .. 'held', id) end
    if ARGV[at + 8] ~= '' then call('LREM', tag .. ':held:' .. ARGV[at + 8], 0, id) end
    if unopened then call('HSET', tag .. ':unopened', id, ARGV[at + 8]) end
    if marks >= 8 then call('ZREM', out .. 'expiring', id) end
    if marks % 8 >= 4 then call('SET', tag .. ':marketed:' .. ARGV[at + 8], '', 'EX', marketed) end
    if marks % 2 == 1 then
      call('ZADD', out .. 'dead', now, id)
      call('ZREMRANGEBYSCORE', out .. 'dead', '-inf', now - keep * 1000)
    end
  end
  return 1
end

local answers = {}
for at = 4, #ARGV, 10 do answers[#answers + 1] = settled(at) end
return answers
