-- wrk: each request asks the next of the addresses in the file that ADDRESSES names; each thread
-- begins elsewhere. At the end: answers, microseconds, failures.
local paths, at = {}, 0
for line in io.lines(os.getenv("ADDRESSES")) do paths[#paths + 1] = line end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

function done(summary)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("%d %d %d\n", summary.requests, summary.duration, failed))
end
