-- A worker begins to cut a job.
if redis.call('HSETNX', KEYS[2], 'started', ARGV[3]) == 1 then
  spent('queued', string.match(ARGV[1], '^%d+') / 1000)  -- an entry's id starts with the time it came, in ms
end
redis.call('HSET', KEYS[2], 'state', 'splitting')
return 1
