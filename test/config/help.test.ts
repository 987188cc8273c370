import { expect, test } from 'vitest';
import { variableOf } from '../../src/config/flag.ts';
import { FLAGS } from '../../src/config/flags.ts';
import { helpText } from '../../src/config/help.ts';

test('the help tells every flag with its default', () => {
  const lines = helpText().split('\n');
  const flags = lines.flatMap((line) => /^ {2}(--?[a-z-]+)/.exec(line)?.[1] ?? []);
  expect(flags).toEqual(
    Object.values(FLAGS).map(({ name }) => (name.length === 1 ? `-${name}` : `--${name}`)),
  );
  expect(lines).toContain('  --grpc-port PORT                ext_proc, health and reflection (default 9002)');
});

test('the help tells how the environment names a flag', () => {
  expect(helpText()).toContain(variableOf('grpc-port'));
  expect(variableOf('grpc-port')).toBe('SERIN_GRPC_PORT');
});
