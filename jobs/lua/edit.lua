-- Appends a correction to a job that is done, or removes the last one; follows expiry.lua.
-- KEYS: 1 job:<id>, 2 job:<id>:edits.
-- ARGV: 1 the revision that is corrected, 2 the edit as JSON, or '' to remove the last one, 3 when the job expires if
--       no edit is left.
-- Returns when the job expires, '' if it does not; nil if the job has another revision by now or is gone.
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return false end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return false end
if ARGV[2] == '' then
  redis.call('RPOP', KEYS[2])
else
  redis.call('RPUSH', KEYS[2], ARGV[2])
end
redis.call('HINCRBY', KEYS[1], 'revision', 1)
set_expiry(KEYS[1], ARGV[3])
return redis.call('HGET', KEYS[1], 'expires') or ''
