-- Deletes a job in any state. Returns 1.
-- KEYS: 1 job:<id>, 2... its other keys, and as the last two: metrics, the index of all jobs.
-- ARGV: 1 seconds to remember that the job was deleted, 2 its id.
local state, sketch = unpack(redis.call('HMGET', KEYS[1], 'state', 'sketch'))
if state == 'queued' or state == 'splitting' or state == 'predicting' then
  redis.call('HINCRBY', KEYS[#KEYS - 1], 'jobs:cancelled', 1)
end
for k = 1, #KEYS - 2 do redis.call('DEL', KEYS[k]) end
redis.call('ZREM', KEYS[#KEYS], ARGV[2])
if sketch then redis.call('ZREM', 'same:' .. sketch, ARGV[2]) end
redis.call('HSET', KEYS[1], 'state', 'cancelled')
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
