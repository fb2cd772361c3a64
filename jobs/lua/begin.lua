-- A worker begins to cut a job.
if redis.call('HSETNX', KEYS[2], 'started', ARGV[3]) == 1 then
  add_stage_time('queued', string.match(ARGV[1], '^%d+') / 1000)  -- an entry's id starts with its time, in ms
end
redis.call('HSET', KEYS[2], 'state', 'splitting')
return 1
