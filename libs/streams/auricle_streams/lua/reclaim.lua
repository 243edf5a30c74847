-- KEYS: stream. ARGV: group, me, idle ms, count, then the ids that I hold myself. What XAUTOCLAIM does, but it also says whose the
-- entry was, and its reply is the same in Redis 6.2, 7 and 8. Returns {id, fields, former holder, deliveries} each.
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4] + #ARGV)
if pending.err then return {} end
local mine, taken = {}, {}
for i = 5, #ARGV do mine[ARGV[i]] = true end
for _, entry in ipairs(pending) do
  if #taken == tonumber(ARGV[4]) then break end
  local id = entry[1]
  if not mine[id] and holder(KEYS[1], ARGV[1], id) then
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)
    taken[#taken + 1] = {id, claimed[1][2], entry[2], entry[4] + 1}
  end
end
return taken
