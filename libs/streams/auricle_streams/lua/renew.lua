-- KEYS: stream. ARGV: group, me, ids. Claims anew what is still mine; returns the ids that are not.
local lost = {}
for i = 3, #ARGV do
  if holder(KEYS[1], ARGV[1], ARGV[i]) == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
