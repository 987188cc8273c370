-- For wrk: posts the file that is named behind its `--` again and again, and writes what came of it as JSON.

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  wrk.headers["Host"] = "test.com"
  wrk.headers["Content-Type"] = "application/json"
  file:close()
end

function done(summary, latency)
  local errors = summary.errors
  local failures = string.format(
    '{"connect":%d,"read":%d,"write":%d,"timed out":%d,"status of 400 or more":%d}',
    errors.connect, errors.read, errors.write, errors.timeout, errors.status)
  io.write(string.format(
    '\n{"requests":%d,"elapsedUs":%d,"p50Us":%.1f,"p99Us":%.1f,"failures":%s}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failures))
end
