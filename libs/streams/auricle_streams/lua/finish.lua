-- KEYS: stream, then the stream of each following run. ARGV: group, me, id, then run id and traceparent of each following run.
-- False when the entry is not mine any more, and then nothing changes; else the new entries' ids.
if holder(KEYS[1], ARGV[1], ARGV[3]) ~= ARGV[2] then return false end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
local added = {}
for i = 2, #KEYS do
  local at = 2 * i
  added[i - 1] = redis.call('XADD', KEYS[i], '*', 'run_id', ARGV[at], 'traceparent', ARGV[at + 1])
end
return added
