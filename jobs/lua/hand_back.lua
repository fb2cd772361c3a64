-- Releases an entry to any consumer. Returns 0 if another consumer owns it.
-- KEYS: 1 the entry's stream.
-- ARGV: 1 entry id, 2 consumer, 3 the new idle time of the entry in ms, 4 its new delivery count.
if not owned() then return 0 end
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[2], 0, ARGV[1], 'IDLE', ARGV[3], 'RETRYCOUNT', ARGV[4], 'JUSTID')
return 1
