-- Keeps a job for good, or lets it expire again; follows expiry.lua. Returns 0 if it is gone.
-- KEYS: 1 job:<id>. ARGV: 1 'kept' or '', 2 when it expires in the second case.
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'cancelled' then return 0 end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'kept')
else
  redis.call('HSET', KEYS[1], 'kept', 1)
end
if state == 'done' or state == 'failed' then set_expiry(KEYS[1], ARGV[2]) end
return 1
