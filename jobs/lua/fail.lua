-- Fails a job for good.
-- KEYS: 7 `dead`.
-- ARGV: 5 the error for the user, 6 the fields of the dead letter as a JSON list of names and values, or an empty list,
--       7 the cause.
redis.call('HSET', KEYS[2], 'error', ARGV[5])
finish('failed')
count('failures:' .. ARGV[7], 1)
local dead = cjson.decode(ARGV[6])
if #dead > 0 then redis.call('XADD', KEYS[7], '*', unpack(dead)) end
acknowledge()
return 1
