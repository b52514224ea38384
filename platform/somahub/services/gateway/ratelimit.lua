-- The generic cell rate algorithm on several limits at once: all take one request, or none does.
-- KEYS: one per limit. ARGV: per limit, seconds a request and how many at once.
-- Returns the number of the limit that refuses (0: none), and per limit the seconds by which it is ahead.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local ahead = {}
local refused = 0
for i, key in ipairs(KEYS) do
  local interval = tonumber(ARGV[2 * i - 1])
  local burst = tonumber(ARGV[2 * i])
  local due = math.max(tonumber(redis.call('GET', key) or '0'), now)
  ahead[i] = due - now
  if refused == 0 and ahead[i] + interval > interval * burst + 0.000001 then
    refused = i
  end
end
local answer = {refused}
for i, key in ipairs(KEYS) do
  if refused == 0 then
    ahead[i] = ahead[i] + tonumber(ARGV[2 * i - 1])
    redis.call('SET', key, string.format('%.6f', now + ahead[i]), 'PX', math.ceil(ahead[i] * 1000) + 1000)
  end
  answer[i + 1] = string.format('%.6f', ahead[i])
end
return answer
