-- KEYS: stream, its dead stream. ARGV: group, me, id, reason. Moves an unreadable entry if it is mine; 100 fields at most.
if holder(KEYS[1], ARGV[1], ARGV[3]) ~= ARGV[2] then return 0 end
local fields = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1][2]
redis.call('XADD', KEYS[2], '*', 'entry_id', ARGV[3], 'reason', ARGV[4], unpack(fields, 1, math.min(#fields, 200)))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
