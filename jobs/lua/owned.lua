-- The start of every script that changes an entry.
-- KEYS: 1 the entry's stream. ARGV: 1 entry id, 2 consumer.
local function owned()
  return #redis.call('XPENDING', KEYS[1], 'workers', ARGV[1], ARGV[1], 1, ARGV[2]) > 0
end
local function acknowledge()
  redis.call('XACK', KEYS[1], 'workers', ARGV[1])
  redis.call('XDEL', KEYS[1], ARGV[1])
end
