-- Appends a correction to a job that is done, or removes the last one.
-- KEYS: 1 job:<id>, 2 job:<id>:edits.
-- ARGV: 1 the revision that is corrected, 2 the edit as JSON, or '' to remove the last one.
-- Returns 1 on success, 0 if the job has another revision by now or is gone.
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return 0 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('RPOP', KEYS[2])
else
  redis.call('RPUSH', KEYS[2], ARGV[2])
  local ttl = redis.call('PTTL', KEYS[1])
  if ttl > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return 1
