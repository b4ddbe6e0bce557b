-- Atomic, because a contact may write between the look and the deletion.
--
-- KEYS[1]  any key of the partition; ARGV[1] what its keys begin with
-- ARGV[2], ARGV[3]  first and last bucket of windows; ARGV[4] drop what is older (seconds)
-- Returns  how many windows were dropped.

local dropped, before = 0, tonumber(ARGV[4])
for bucket = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  local key = ARGV[1] .. ':window:' .. string.format('%04d', bucket)
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    if tonumber(fields[at + 1]) < before then
      redis.call('HDEL', key, fields[at])
      dropped = dropped + 1
    end
  end
end
return dropped
