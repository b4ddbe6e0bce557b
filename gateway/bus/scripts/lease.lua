-- Atomic, because a partition has one owner, and nobody may prolong or end another's lease.
--
-- KEYS     1 the partition's lease · 2 its last fencing token
-- ARGV     1 take, keep or leave · 2 to take: our name; else the lease as we have it · 3 how long in ms
-- Returns  take: the lease, or nil when somebody has it · keep and leave: 1, or 0 when it is not ours

local what, held = ARGV[1], redis.call('GET', KEYS[1])
if what == 'take' then
  if held then return false end
  local lease = ARGV[2] .. ':' .. redis.call('INCR', KEYS[2])
  redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
  return lease
end
if held ~= ARGV[2] then return 0 end
if what == 'keep' then return redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return redis.call('DEL', KEYS[1])
