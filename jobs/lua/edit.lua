-- Appends a correction to a job that is done, or changes how many of the last ones are undone; follows expiry.lua.
-- KEYS: 1 job:<id>, 2 job:<id>:edits.
-- ARGV: 1 the revision that is corrected, 2 how many corrections are undone then, 3 how many shots there are then,
--       4 the new correction as JSON, which replaces those that were undone, or '', 5 when the job expires if no
--       correction is in force.
-- Returns when the job expires, '' if it does not; nil if the job has another revision by now or is gone.
if redis.call('HGET', KEYS[1], 'state') ~= 'done' then return false end
if (redis.call('HGET', KEYS[1], 'revision') or '0') ~= ARGV[1] then return false end
if ARGV[4] ~= '' then
  local undone = tonumber(redis.call('HGET', KEYS[1], 'undone') or 0)
  if undone > 0 then redis.call('LTRIM', KEYS[2], 0, -1 - undone) end
  redis.call('RPUSH', KEYS[2], ARGV[4])
end
redis.call('HSET', KEYS[1], 'undone', ARGV[2], 'corrected_shots', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'revision', 1)
set_expiry(KEYS[1], ARGV[5])
return redis.call('HGET', KEYS[1], 'expires') or ''
