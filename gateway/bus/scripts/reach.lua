-- Atomic, because the owners of several numbers count the same contacts.
--
-- KEYS[1]  contacts of a business who were written to first, by when last
-- ARGV[1]  now in ms · ARGV[2] how long each counts, in ms · ARGV[3] how many there may be
-- ARGV[4…] contacts
-- Returns  per contact 0 when it counted already, 1 when it counts from now on, -1 when there is no room

local call, key, now, lasts, most = redis.call, KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
call('ZREMRANGEBYSCORE', key, '-inf', now - lasts)
local counted, answers = call('ZCARD', key), {}

for at = 4, #ARGV do
  local answer = 0
  if not call('ZSCORE', key, ARGV[at]) then answer = counted < most and 1 or -1 end
  if answer >= 0 then
    call('ZADD', key, now, ARGV[at])
    counted = counted + answer
  end
  answers[#answers + 1] = answer
end
if counted > 0 then call('PEXPIRE', key, lasts) end
return answers
