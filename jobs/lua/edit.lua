-- Appends a correction to a job that is done, or changes how many of the last ones are undone.
-- KEYS: 1 job:<id>, 2 job:<id>:edits.
-- ARGV: 1 the revision that is corrected, 2 how many corrections are undone then, 3 how many shots there are then,
--       4 the new correction as JSON, which replaces those that were undone, or ''.
-- Returns 1 on success, 0 if the job has another revision by now or is gone.
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return 0 end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return 0 end
if ARGV[4] ~= '' then
  local undone = tonumber(redis.call('HGET', KEYS[1], 'undone') or 0)
  if undone > 0 then redis.call('LTRIM', KEYS[2], 0, -1 - undone) end
  redis.call('RPUSH', KEYS[2], ARGV[4])
  local ttl = redis.call('PTTL', KEYS[1])
  if ttl > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
end
redis.call('HSET', KEYS[1], 'undone', ARGV[2], 'corrected_shots', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'revision', 1)
return 1
