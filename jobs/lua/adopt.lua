-- Takes the expiry of a job over from Redis, to which earlier versions left it; follows expiry.lua.
-- KEYS: 1 job:<id>, 2... its other keys. ARGV: 1 now.
local left = redis.call('PTTL', KEYS[1])
if left < 0 or redis.call('HGET', KEYS[1], 'state') == 'cancelled' then return end
for k = 1, #KEYS do redis.call('PERSIST', KEYS[k]) end
set_expiry(KEYS[1], ARGV[1] + left / 1000)
