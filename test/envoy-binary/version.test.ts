import { expect, test } from 'vitest';
import { isAtLeast, parseEnvoyVersion } from '../../src/envoy-binary/version.ts';

test('reads the version that Envoy prints', () => {
  const output = '\n/usr/bin/envoy  version: 0a1b2c3d/1.40.0/Clean/RELEASE/BoringSSL\n\n';
  expect(parseEnvoyVersion(output)).toBe('1.40.0');
  expect(parseEnvoyVersion('version: abc/1.37.0-dev/Modified/RELEASE/BoringSSL')).toBe('1.37.0');
  expect(parseEnvoyVersion('envoy 2.0')).toBe(undefined);
});

test.each([
  ['1.37.0', true],
  ['1.37.1', true],
  ['1.40.0', true],
  ['2.0.0', true],
  ['1.36.9', false],
  ['1.9.0', false],
  ['0.99.0', false],
])('%s is at least 1.37.0: %s', (version, expected) => {
  expect(isAtLeast(version, '1.37.0')).toBe(expected);
});
