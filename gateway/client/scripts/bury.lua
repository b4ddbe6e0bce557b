-- Atomic, so that an entry given up by two consumers at once, or by one that dies here, is moved exactly once.
-- KEYS: event stream, dead stream.  ARGV: group, entry id, deliveries, longest dead stream, then the entry's words.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return 0
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'id', ARGV[2], 'deliveries', ARGV[3], unpack(ARGV, 5))
return 1
