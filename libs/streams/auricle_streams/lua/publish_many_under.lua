-- KEYS: stream. ARGV: cap, then run id and traceparent of each. The entries of the first of them, as many as there is room for.
local entries = {}
local room = tonumber(ARGV[1]) - redis.call('XLEN', KEYS[1])
for i = 2, #ARGV, 2 do
    if #entries >= room then break end
    entries[#entries + 1] = redis.call('XADD', KEYS[1], '*', 'run_id', ARGV[i], 'traceparent', ARGV[i + 1])
end
return entries
