-- KEYS: stream. ARGV: cap, run id, traceparent. False when the stream is full.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', 'run_id', ARGV[2], 'traceparent', ARGV[3])
