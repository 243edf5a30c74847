-- KEYS: stream. ARGV: group, me, reserved consumer, idle ms, ids. Gives away what is mine, place kept; returns how many.
local given = 0
for i = 5, #ARGV do
  if holder(KEYS[1], ARGV[1], ARGV[i]) == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, ARGV[i], 'IDLE', ARGV[4], 'JUSTID')
    given = given + 1
  end
end
return given
