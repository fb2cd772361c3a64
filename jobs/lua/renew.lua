-- Renews the lease of an entry. Returns 0 if another consumer owns it.
-- KEYS: 1 the entry's stream. ARGV: 1 entry id, 2 consumer.
if not owned() then return 0 end
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[2], 0, ARGV[1], 'JUSTID')
return 1
