import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../docker/shell.ts';
import { keepFolder } from '../vllm/kept-folder.ts';

/** What the Go programs are built with, and where they are kept. */
export interface GoToolsDeps {
  readonly shell: Shell;
  /** The folder that keeps what was built once. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** The conformance tests of HTTP/2, and a client that learns the services by reflection. */
const PROGRAMS = [
  'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible',
  'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4',
];
/** The project's own client on grpc-go. */
const CLIENT = join(import.meta.dirname, '../../test/interop/grpc-go');
const NO_GO = 'Go is missing: install Go 1.26 or newer (https://go.dev/doc/install), and put it on the PATH.';

/**
 * Builds `h2spec`, `grpcurl` and `serin-grpc-go`, each anew only when its version or its source has changed;
 * resolves with the folders that they are in. Throws with a sentence where there is no Go.
 */
export async function provideGoTools(deps: GoToolsDeps): Promise<readonly string[]> {
  const { shell, cache, say } = deps;
  const version = await shell.try('go', ['env', 'GOVERSION']);
  if (version.code !== 0) throw new Error(NO_GO);
  const go = version.stdout.trim();
  const programs = await keepFolder(
    { cache, name: 'go-programs', from: [go, ...PROGRAMS] },
    async (folder) => {
      for (const program of PROGRAMS) {
        say(`Building ${program} (once).`);
        await shell.run('env', [`GOBIN=${folder}`, 'go', 'install', program]);
      }
    },
  );
  const client = await keepFolder(
    { cache, name: 'grpc-go-client', from: [go, ...(await sources())] },
    async (folder) => {
      say("Building the tests' client on grpc-go.");
      await shell.run('go', ['build', '-C', CLIENT, '-o', join(folder, 'serin-grpc-go'), '.']);
    },
  );
  return [programs, client];
}

/** Everything that the client is built from, in one order. */
async function sources(): Promise<readonly string[]> {
  const names = (await readdir(CLIENT)).filter((name) => /\.(go|mod|sum)$/.test(name)).sort();
  return Promise.all(names.map((name) => readFile(join(CLIENT, name), 'utf8')));
}
