-- The start of the deletion of a job that has expired; delete.lua follows. Returns 0 if it has not, or not any more.
-- ARGV: 3 now.
local expires = redis.call('HGET', KEYS[1], 'expires')
if not expires or tonumber(expires) > tonumber(ARGV[3]) then return 0 end
