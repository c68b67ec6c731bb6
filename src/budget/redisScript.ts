/**
 * `decide` in Lua, function by function: it takes the state's key and a report, and gives the grant and its time as JSON.
 * Redis runs it as one step. What it calculates is made of sums and products alone, so that it comes to the same bits.
 *
 * ARGV: the report, and the time in milliseconds where it isn't the server's (for tests).
 */
import { rules, version } from "./decide.js"

export const script = `
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max
local version = ${version}
${Object.entries(rules).map(([name, value]) => `local ${name} = ${value}`).join("\n")}

local function number(value) return string.format('%.17g', value) end

local function numbers(list)
  local parts = {}
  for i, value in ipairs(list) do parts[i] = number(value) end
  return '[' .. table.concat(parts, ',') .. ']'
end

local function toldJson(told)
  return '{"requests":' .. number(told.requests) .. ',"window":' .. number(told.window) .. '}'
end

local function fields(from, names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = '"' .. name .. '":' .. number(from[name]) end
  return table.concat(parts, ',')
end

local stateNumbers = {'version', 'at', 'clock', 'opening', 'pausedUntil', 'unexplained', 'quotaUntil', 'limit', 'answers',
  'busy', 'crowded', 'busyFrom', 'last'}
local learnedNumbers = {'answers', 'time', 'guess', 'from', 'doubling'}
local memberNumbers = {'seen', 'interactive', 'background', 'inFlight', 'allowance', 'refusedAt', 'askAt', 'served'}

local function stateJson(state)
  local parts = {fields(state, stateNumbers), '"isProbing":' .. tostring(state.isProbing)}
  local function add(part) parts[#parts + 1] = part end
  if state.probe then
    add('"probe":{"member":' .. cjson.encode(state.probe.member) .. ',"until":' .. number(state.probe['until']) .. '}')
  end
  if state.learned then add('"learned":{' .. fields(state.learned, learnedNumbers) .. '}') end
  if state.told then add('"told":' .. toldJson(state.told)) end
  local log = {}
  for i, entry in ipairs(state.log) do log[i] = numbers(entry) end
  add('"log":[' .. table.concat(log, ',') .. ']')
  add('"free":' .. numbers(state.free))
  local members = {}
  for i, member in ipairs(state.members) do
    members[i] = '{"id":' .. cjson.encode(member.id) .. ',' .. fields(member, memberNumbers) ..
      (member.told and ',"told":' .. toldJson(member.told) or '') .. ',"slots":' .. numbers(member.slots) .. '}'
  end
  add('"members":[' .. table.concat(members, ',') .. ']')
  return '{' .. table.concat(parts, ',') .. '}'
end

local function areNumbers(list, names)
  if type(list) ~= 'table' then return false end
  for _, name in ipairs(names) do if type(list[name]) ~= 'number' then return false end end
  return true
end

local function isList(list)
  if type(list) ~= 'table' then return false end
  for _, value in ipairs(list) do if type(value) ~= 'number' then return false end end
  return true
end

local function isTold(told) return told == nil or areNumbers(told, {'requests', 'window'}) end

local function isState(state)
  if not areNumbers(state, stateNumbers) or type(state.isProbing) ~= 'boolean' or not isTold(state.told) or
    not isList(state.free) or type(state.log) ~= 'table' or type(state.members) ~= 'table' then
    return false
  end
  if state.learned ~= nil and not areNumbers(state.learned, learnedNumbers) then return false end
  local probe = state.probe
  if probe ~= nil and (type(probe) ~= 'table' or type(probe.member) ~= 'string' or type(probe['until']) ~= 'number') then
    return false
  end
  for _, entry in ipairs(state.log) do if not isList(entry) or #entry ~= 2 then return false end end
  for _, member in ipairs(state.members) do
    if not areNumbers(member, memberNumbers) or type(member.id) ~= 'string' or not isTold(member.told) or
      not isList(member.slots) then
      return false
    end
  end
  return true
end

local function initial(now)
  return {
    version = version, at = now, clock = 0, opening = 0, pausedUntil = 0, isProbing = false, unexplained = 0,
    quotaUntil = 0, limit = firstLimit, answers = 0, busy = 0, crowded = 0, busyFrom = 0, last = never, log = {},
    free = {}, members = {}
  }
end

local function clamp(value, low, high) return min(max(value, low), high) end

local function exp2(x)
  local whole = min(floor(x), 60)
  local part = min(x - whole, 1) * ${Math.LN2}
  local sum, term = 1, 1
  for i = 1, 16 do
    term = term * part / i
    sum = sum + term
  end
  for i = 1, whole do sum = sum * 2 end
  return sum
end

local function learnedInterval(state, time)
  local learned = state.learned
  if not learned then return 0 end
  local rate = max(slowest, learned.answers == 0 and learned.guess or learned.answers / learned.time)
  local doublings = max(0, time - learned.from) / learned.doubling
  return 1 / (rate * exp2(doublings * doublings))
end

local function learnedDue(state, time)
  local promised = state.last + learnedInterval(state, time)
  if promised <= time then return promised end
  local before, after = time, promised
  while after - before > 0.5 do
    local middle = (before + after) / 2
    if state.last + learnedInterval(state, middle) > middle then before = middle else after = middle end
  end
  return after
end

local function windowOf(told) return told.window + min(told.window * 0.03, 100) end

local function spacingOf(told) return told and windowOf(told) / told.requests or 0 end

local function outOfWindow(state, count, window)
  local sum = 0
  for i = #state.log, 1, -1 do
    sum = sum + state.log[i][2]
    if sum >= count then return state.log[i][1] + window end
  end
  return never
end

local function spreadUntil(state)
  if not state.told then return never end
  return outOfWindow(state, ceil(state.told.requests / 2), windowOf(state.told))
end

local function due(state, from)
  local told = state.told
  local byTold = never
  local byLearned = learnedDue(state, from)
  if told then
    byTold = max(
      min(state.last + spacingOf(told), spreadUntil(state)),
      outOfWindow(state, told.requests, windowOf(told))
    )
  end
  local time = max(byLearned, byTold)
  return time <= from and from or ceil(time * 4) / 4
end

local function lay(state, time)
  local spacing = time < spreadUntil(state) and spacingOf(state.told) or 0
  local interval = max(learnedInterval(state, time), spacing)
  local promised = state.last + interval
  state.last = time - promised < interval and promised or time
  if state.told then
    local width = windowOf(state.told) / slices
    local entry = state.log[#state.log]
    if entry and floor(entry[1] / width) == floor(time / width) then
      entry[1] = time
      entry[2] = entry[2] + 1
    else
      state.log[#state.log + 1] = {time, 1}
    end
  end
  state.free[#state.free + 1] = time
end

local function uncount(state, time)
  if not state.told then return end
  local width = windowOf(state.told) / slices
  for i, entry in ipairs(state.log) do
    if entry[1] >= time then
      if floor(entry[1] / width) ~= floor(time / width) then return end
      entry[2] = entry[2] - 1
      if entry[2] == 0 then table.remove(state.log, i) end
      return
    end
  end
end

local function giveBack(state, time)
  local index = #state.free + 1
  while index > 1 and state.free[index - 1] > time do index = index - 1 end
  table.insert(state.free, index, time)
end

local function wants(member) return member.interactive + member.background end

local function filter(list, is)
  local kept = {}
  for _, value in ipairs(list) do if is(value) then kept[#kept + 1] = value end end
  return kept
end

local function advance(state, now)
  local before = state.clock
  local time = before + max(0, now - state.at)
  state.at = now
  state.clock = time
  local from = max(before, state.busyFrom)
  local busyUntil, crowdedUntil = never, never
  for _, member in ipairs(state.members) do
    if wants(member) + member.inFlight > 0 then busyUntil = max(busyUntil, member.seen + lifetime) end
    if wants(member) > 0 then crowdedUntil = max(crowdedUntil, member.seen + lifetime) end
  end
  state.busy = state.busy + max(0, min(time, busyUntil) - from)
  state.crowded = state.crowded + max(0, min(time, crowdedUntil) - from)
  local kept = shareTime / (shareTime + time - before)
  local live = {}
  for _, member in ipairs(state.members) do
    member.slots = filter(member.slots, function(slot) return slot > time end)
    member.served = member.served * kept
    if time - member.seen <= lifetime then live[#live + 1] = member
    else for _, slot in ipairs(member.slots) do giveBack(state, slot) end end
  end
  state.members = live
end

local function renew(state, report)
  local member
  for _, other in ipairs(state.members) do if other.id == report.member then member = other end end
  if not member then
    member = {id = report.member, slots = {}, allowance = 0, refusedAt = never, askAt = 0, served = 0}
    state.members[#state.members + 1] = member
  end
  member.seen = state.clock
  member.interactive = report.interactive
  member.background = report.background
  member.inFlight = report.inFlight
  member.told = report.told
  if report.opening == state.opening then
    for i = 1, report.returned do
      local slot = table.remove(member.slots)
      if not slot then break end
      giveBack(state, slot)
    end
    if report.returned > 0 and state.probe and state.probe.member == member.id then state.probe = nil end
  end
  return member
end

local function answer(state, report)
  local opening = report.opening
  state.limit = state.limit + report.answered + report.answeredLate
  if state.learned then
    local late = 0
    if opening == state.opening then late = report.answeredLate
    elseif opening == state.opening - 1 then late = report.answered end
    state.learned.answers = state.learned.answers + late
  end
  if opening ~= state.opening or report.answered == 0 then return end
  state.unexplained = 0
  state.isProbing = false
  state.probe = nil
  state.answers = state.answers + report.answered
  if state.busy > memory then
    state.answers = state.answers / 2
    state.busy = state.busy / 2
  end
end

local function limit(state, wait, isNews)
  local clock = state.clock
  local asked = wait or 0
  local pause = asked
  if isNews and asked <= 0 then
    pause = 1000
    for i = 1, state.unexplained do pause = min(pause * 2, maxBackOff) end
    state.unexplained = min(state.unexplained + 1, 10)
  end
  state.pausedUntil = max(state.pausedUntil, clock + pause)
  if not isNews then return end
  local interval = learnedInterval(state, clock)
  state.learned = {
    answers = state.answers,
    time = state.busy + (state.pausedUntil - clock) * 0.3,
    guess = interval == 0 and 1 / 1000 or 1 / interval / 2,
    from = state.pausedUntil,
    doubling = state.answers == 0 and minDoubling or clamp(12 * state.crowded, minDoubling, maxDoubling)
  }
  state.opening = state.opening + 1
  state.isProbing = true
  state.probe = nil
  state.last = never
  state.answers = 0
  state.busy = 0
  state.busyFrom = state.pausedUntil
  state.crowded = 0
  local width = state.told and windowOf(state.told) / slices or 0
  state.log = filter(state.log, function(entry)
    return entry[1] <= clock or floor(entry[1] / width) == floor(clock / width)
  end)
  state.free = {}
  for _, member in ipairs(state.members) do
    member.slots = {}
    member.refusedAt = never
  end
end

local function isSmaller(a, b)
  local ofA, ofB = a.requests * b.window, b.requests * a.window
  return ofA < ofB or (ofA == ofB and a.requests < b.requests)
end

local function hold(state)
  local clock = state.clock
  local told
  for _, member in ipairs(state.members) do
    if member.told and (not told or isSmaller(member.told, told)) then told = member.told end
  end
  if told then
    if not state.told then state.free = {} end
    state.told = told
    local from = clock - windowOf(told)
    state.log = filter(state.log, function(entry) return entry[1] > from end)
  else
    state.told = nil
  end
  while #state.free > 0 and state.free[1] < clock - slack do uncount(state, table.remove(state.free, 1)) end
  local learned = state.learned
  if learned and not state.isProbing and clock > learned.from and learnedInterval(state, clock) < noPace then
    state.learned = nil
    state.limit = firstLimit
  end
  state.limit = clamp(state.limit, firstLimit, maxInFlight * max(1, #state.members))
end

local function giveInFlight(state, member)
  local taken, weights = 0, 0
  for _, other in ipairs(state.members) do
    weights = weights + max(1, wants(other), other.inFlight)
    if other.id ~= member.id then taken = taken + max(other.allowance, other.inFlight) end
  end
  local part = max(1, floor(state.limit * max(1, wants(member), member.inFlight) / weights))
  member.allowance = clamp(min(part, state.limit - taken), 0, maxInFlight)
  local isShort = wants(member) > 0 and member.allowance < maxInFlight
  return {slots = {}, inFlight = member.allowance, reportAfter = isShort and 50 or usualReportAfter}
end

local function partOf(whole, wanted, all, isLess)
  if wanted == 0 then return 0 end
  local exact = whole * wanted / all
  return min(wanted, max(1, isLess and floor(exact) or ceil(exact)))
end

local function part(state, member, hasQuota)
  local clock = state.clock
  local free = #state.free
  local interactive, background, outstanding, served, others, before, interactiveBefore = 0, 0, free, 0, 0, 0, 0
  for _, other in ipairs(state.members) do
    interactive = interactive + other.interactive
    background = background + (hasQuota and other.background or 0)
    outstanding = outstanding + #other.slots
    served = served + other.served
    if other.id ~= member.id then
      local unserved = max(0, other.interactive - #other.slots)
      others = others + unserved
      local isRefused = other.refusedAt ~= never and clock <= other.askAt + turnGrace and
        (member.refusedAt == never or other.refusedAt < member.refusedAt)
      if isRefused and unserved > 0 then interactiveBefore = interactiveBefore + 1
      elseif isRefused and hasQuota and other.background > 0 then before = before + 1 end
    end
  end
  local wanted = hasQuota and member.background or 0
  local isAhead = member.served * (interactive + background) > served * (member.interactive + wanted)
  local ofInteractive = partOf(outstanding, member.interactive, interactive, isAhead)
  local ofBackground = partOf(max(0, outstanding - interactive), wanted, background, isAhead)
  local needed = max(0, ofInteractive - #member.slots)
  local given = clamp(free - interactiveBefore, 0, needed)
  local neededLate = max(0, ofInteractive + ofBackground - #member.slots - needed)
  local late = free
  if #state.members > 1 then
    late = #filter(state.free, function(slot) return slot <= clock + backgroundHorizon end)
  end
  local givenLate = clamp(late - given - others - before, 0, neededLate)
  return min(given + givenLate, max(0, maxSlots - #member.slots)),
    member.interactive > 0 and interactiveBefore or others + before
end

local function mayProbe(state, member)
  local clock, probe = state.clock, state.probe
  local isLive, isInteractive = false, false
  for _, other in ipairs(state.members) do
    if probe and other.id == probe.member then isLive = true end
    if other.interactive > 0 then isInteractive = true end
  end
  if probe and clock < probe['until'] and isLive then
    local isLost = probe.member == member.id and member.inFlight == 0 and
      clock > probe['until'] - probeTime + probeGrace * 2
    if not isLost then return false end
  end
  return member.interactive > 0 or clock > state.pausedUntil + probeGrace or not isInteractive
end

local function giveSlots(state, member)
  local clock, free = state.clock, state.free
  local hasQuota = state.quotaUntil <= clock
  local wanted = member.interactive + (hasQuota and member.background or 0)
  if wanted == 0 then
    member.refusedAt = never
    return {slots = {}, reportAfter = member.inFlight == 0 and 10 or 25}
  end
  if state.isProbing and not mayProbe(state, member) then return {slots = {}, reportAfter = 50} end

  local unserved = 0
  for _, other in ipairs(state.members) do
    unserved = unserved + max(0, other.interactive + (hasQuota and other.background or 0) - #other.slots)
  end
  local most = state.isProbing and 1 or min(unserved, maxFree)
  if state.isProbing then state.last = never end
  local next = due(state, clock)
  while #free < most and next <= clock + horizon do
    lay(state, next)
    next = due(state, max(clock, next))
  end

  local count, ahead
  if state.isProbing then count, ahead = min(1, #free), 0
  else count, ahead = part(state, member, hasQuota) end
  local slots = {}
  for i = 1, count do
    slots[i] = table.remove(free, 1)
    member.slots[#member.slots + 1] = slots[i]
  end
  table.sort(member.slots)
  member.served = member.served + count
  if slots[1] and state.isProbing then state.probe = {member = member.id, ['until'] = slots[1] + probeTime} end

  local first, last = member.slots[1], member.slots[#member.slots]
  if first then
    member.refusedAt = never
    local longest = #member.slots < wanted and usualReportAfter or 50
    return {slots = slots, reportAfter = clamp(max(first, last - horizon / 2) - clock, 10, longest)}
  end
  if member.refusedAt == never then member.refusedAt = clock end
  local interval = max(learnedInterval(state, clock), spacingOf(state.told))
  local slot = free[ahead + 1] or next + (ahead - #free) * interval
  local early = (member.interactive > 0 or #state.members == 1) and horizon or backgroundHorizon
  local reportAfter = clamp(slot - early - clock, 10, usualReportAfter)
  member.askAt = clock + reportAfter
  return {slots = slots, reportAfter = reportAfter}
end

local function shareOf(state, member, isPaced)
  local all = 0
  for _, other in ipairs(state.members) do all = all + (isPaced and other.served or other.allowance) end
  if all == 0 then return 1 / max(1, #state.members) end
  return (isPaced and member.served or member.allowance) / all
end

local function decide(state, report)
  local member = renew(state, report)
  answer(state, report)
  local clock = state.clock
  if report.quota then state.quotaUntil = max(state.quotaUntil, clock + report.quota) end
  if report.limited then limit(state, report.limited.wait, report.opening == state.opening) end
  if report.isLeaving then
    state.members = filter(state.members, function(other) return other.id ~= member.id end)
    for _, slot in ipairs(member.slots) do giveBack(state, slot) end
    if state.probe and state.probe.member == member.id then state.probe = nil end
  end
  hold(state)

  local pause = max(0, state.pausedUntil - clock)
  local isPaced = state.told ~= nil or state.learned ~= nil
  if isPaced then member.allowance = 0 end
  local given
  if report.isLeaving or pause > 0 then
    given = {
      slots = {},
      inFlight = (not isPaced) and 0 or nil,
      reportAfter = pause > 0 and min(pause, maxReportAfter) or maxReportAfter
    }
  elseif isPaced then given = giveSlots(state, member)
  else given = giveInFlight(state, member) end
  local interval = max(learnedInterval(state, clock), spacingOf(state.told))
  local slots = {}
  for i, slot in ipairs(given.slots) do slots[i] = max(0, slot - clock) end
  return '{"opening":' .. number(state.opening) .. ',"pause":' .. number(pause) .. ',"quota":' ..
    number(max(0, state.quotaUntil - clock)) .. ',"slots":' .. numbers(slots) ..
    (given.inFlight and ',"inFlight":' .. number(given.inFlight) or '') ..
    ',"reportAfter":' .. number(given.reportAfter) ..
    (interval ~= 0 and ',"requestsPerSecond":' .. number(1000 / interval) or '') ..
    ',"members":' .. number(#state.members) ..
    ',"share":' .. number(report.isLeaving and 0 or shareOf(state, member, isPaced)) ..
    (state.told and ',"told":' .. toldJson(state.told) or '') .. '}'
end

local function refused(reason) return '{"refused":' .. cjson.encode(reason) .. '}' end

local key = KEYS[1]
local kind = redis.call('TYPE', key).ok
if kind ~= 'none' and kind ~= 'string' then return refused('it is a ' .. kind) end
local time = redis.call('TIME')
local now = ARGV[2] and tonumber(ARGV[2]) or time[1] * 1000 + time[2] / 1000
local state
if kind == 'none' then
  state = initial(now)
else
  local isJson, kept = pcall(cjson.decode, redis.call('GET', key))
  if not isJson or type(kept) ~= 'table' or kept.version == nil then return refused('it is something else') end
  if kept.version ~= version then
    return refused('it has version ' .. tostring(kept.version) .. ', and this release knows version ' .. version)
  end
  if not isState(kept) then return refused('it has another shape') end
  state = kept
end
local report = cjson.decode(ARGV[1])
advance(state, now)
state.opening = max(state.opening, report.opening)
local grant = decide(state, report)
local window = state.told and windowOf(state.told) or 0
local keep = max(0, max(state.pausedUntil, state.quotaUntil) - state.clock) + window + 600000
redis.call('SET', key, stateJson(state), 'PX', string.format('%.0f', min(ceil(keep), 1e14)))
return '{"now":' .. number(now) .. ',"grant":' .. grant .. '}'
`
