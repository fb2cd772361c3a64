-- Adds a correction to a job that is done, or takes the last one away.
-- KEYS: 1 job:<id>, 2 job:<id>:edits.
-- ARGV: 1 the revision that was corrected, 2 the edit as JSON, or '' to take the last one away.
-- Returns 1 when done, 0 when the job is at another revision by now, or gone.
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return 0 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('RPOP', KEYS[2])
else
  redis.call('RPUSH', KEYS[2], ARGV[2])
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return 1
