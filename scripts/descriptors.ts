// Compiles proto/ into proto/serin.protoset, which the reflection service answers from. Run it after an edit of
// a .proto file; a test fails until then. It needs protoc, as PROTOC, on the PATH, or from `pip install
// grpcio-tools`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../proto/', import.meta.url));
const files = globSync('**/*.proto', { cwd: folder }).sort();
const compilers = [[process.env.PROTOC ?? 'protoc'], ['python3', '-m', 'grpc_tools.protoc']];

const found = compilers.find(
  ([command = '', ...rest]) => spawnSync(command, [...rest, '--version']).status === 0,
);
if (found === undefined) throw new Error('no protoc here: set PROTOC, or pip install grpcio-tools');
const [command = '', ...rest] = found;
const output = `--descriptor_set_out=${folder}serin.protoset`;
const { status } = spawnSync(command, [...rest, `-I${folder}`, '--include_imports', output, ...files], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
