-- All shots have been published.
-- ARGV: 5 fields of the record as JSON, including `shots`, 6 the length of the video in seconds.
set_fields(ARGV[5])
redis.call('HSET', KEYS[2], 'state', 'predicting', 'cut', ARGV[3])
count('video_seconds', ARGV[6])
add_stage_time('splitting', redis.call('HGET', KEYS[2], 'started') or ARGV[3])
finish_if_complete()
acknowledge()
return 1
