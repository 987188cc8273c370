import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';

const ROOT = join(import.meta.dirname, '../..');
const shell = createShell(process.env, new AbortController().signal);

describe('the container files', () => {
  it('the Dockerfile passes hadolint', async () => {
    expect(await shell.try('hadolint', [join(ROOT, 'Dockerfile')])).toMatchObject({ code: 0, stdout: '' });
  });

  it('the compose file follows the compose specification', async () => {
    const file = join(ROOT, 'envoy/docker-compose.yml');
    const checked = await shell.try('check-jsonschema', ['--builtin-schema', 'vendor.compose-spec', file]);
    expect(checked).toMatchObject({ code: 0 });
  });
});
