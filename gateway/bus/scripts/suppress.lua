-- Atomic, because a platform, a contact and a person may change what is kept at the same time.
--
-- KEYS[1]  the partition's list of contacts who are left alone
-- ARGV     1 contact · 2 what was read, or empty · 3 what is to be kept instead, or empty
-- Returns  1, or 0 when it is no longer what was read.

local key, contact, after = KEYS[1], ARGV[1], ARGV[3]
if (redis.call('HGET', key, contact) or '') ~= ARGV[2] then return 0 end
if after == '' then
  redis.call('HDEL', key, contact)
else
  redis.call('HSET', key, contact, after)
end
return 1
