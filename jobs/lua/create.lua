-- Records an accepted video and enqueues it.
-- KEYS: 1 the stream, 2 job:<id>, 3 the index of all jobs, 4 once:<digest>, or '' without an idempotency key,
--       5 same:<sketch>, or '' without a sketch.
-- ARGV: 1 job id, 2 now, 3 fields of the record as JSON, 4 fingerprint of the request, 5 seconds to keep KEYS[4].
-- Returns the job's id and the fingerprint of the request that created it: those of an earlier job if there is one.
if KEYS[4] ~= '' then
  local earlier = redis.call('HMGET', KEYS[4], 'job', 'fingerprint')
  local state = earlier[1] and redis.call('HGET', 'job:' .. earlier[1], 'state')
  if state and state ~= 'cancelled' then return earlier end
  redis.call('HSET', KEYS[4], 'job', ARGV[1], 'fingerprint', ARGV[4])
  redis.call('EXPIRE', KEYS[4], ARGV[5])
end
local fields = cjson.decode(ARGV[3])
for field, value in pairs(fields) do redis.call('HSET', KEYS[2], field, value) end
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
if KEYS[5] ~= '' then redis.call('ZADD', KEYS[5], ARGV[2], ARGV[1]) end
redis.call('XADD', KEYS[1], '*', 'job', ARGV[1], 'request', fields.request)
return {ARGV[1], ARGV[4]}
