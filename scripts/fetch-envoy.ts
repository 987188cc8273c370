// Makes sure that there is an Envoy before a suite starts, so that the tests themselves need no network.
import { createStatusLine } from '../src/demo/status-line.ts';
import { findEnvoyHere } from '../src/envoy-binary/find-envoy-here.ts';

const status = createStatusLine(process.stderr);
const found = await findEnvoyHere({
  env: process.env,
  signal: new AbortController().signal,
  say: (line) => {
    status.finish();
    process.stderr.write(`${line}\n`);
  },
  progress: status.show,
});
status.finish();
if (found.kind === 'missing') {
  process.stderr.write(`${found.problem}\n`);
  process.exitCode = 1;
}
