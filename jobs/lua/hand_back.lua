-- Leaves an entry for any consumer. Returns 0 when another consumer owns it.
-- KEYS: 1 the entry's stream.
-- ARGV: 1 entry id, 2 consumer, 3 idle time in ms that the entry is given, 4 its new delivery count.
if not owned() then return 0 end
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[2], 0, ARGV[1], 'IDLE', ARGV[3], 'RETRYCOUNT', ARGV[4], 'JUSTID')
return 1
