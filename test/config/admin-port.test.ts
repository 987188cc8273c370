import { describe, expect, test } from 'vitest';
import { adminPort } from '../../src/config/admin-port.ts';
import { parseConfig } from '../../src/config/config.ts';

const FILES = ['--endpoints=10.0.0.1:8000'];
const CLUSTER = ['--pool-name=p'];

/** Where the flags put the port for people, or their problems. */
function portOf(...argv: readonly string[]) {
  const parsed = parseConfig(argv, {});
  return parsed.kind === 'ok' ? adminPort(parsed.config) : parsed.problems;
}

test('with endpoints of its own a process has one port for everything, unless it is told otherwise', () => {
  expect(portOf(...FILES)).toBe(undefined);
  expect(portOf(...FILES, '--admin-address=127.0.0.1:1')).toEqual({ host: '127.0.0.1', port: 1 });
  expect(portOf(...FILES, '--admin-auth=token')).toEqual({ host: '127.0.0.1', port: 9091 });
});

test('in a cluster people have a port of their own, on loopback', () => {
  const loopback = { host: '127.0.0.1', port: 9091 };
  expect(portOf(...CLUSTER)).toEqual(loopback);
  expect(portOf('--all-pools')).toEqual(loopback);
  expect(portOf('--endpoint-selector=app=x', '--endpoint-target-ports=1')).toEqual(loopback);
  expect(portOf(...CLUSTER, '--admin-address=[::1]:0')).toEqual({ host: '::1', port: 0 });
});

describe('an address that others can reach', () => {
  const addresses = [
    '0.0.0.0:9091',
    '[::]:9091',
    '10.0.0.7:9091',
    '[fd00::1]:9091',
    '[::ffff:10.0.0.1]:9091',
  ];

  test.each(addresses)('is refused without tokens: %s', (address) => {
    const host = address.replace(/:9091$/, '').replace(/^\[|\]$/g, '');
    const problems = [`--admin-address: ${host} is not loopback, so it needs --admin-auth=token`];
    expect(portOf(...CLUSTER, `--admin-address=${address}`)).toEqual(problems);
    expect(portOf(...FILES, `--admin-address=${address}`)).toEqual(problems);
  });

  test.each(addresses)('is taken with tokens: %s', (address) => {
    expect(portOf(...CLUSTER, `--admin-address=${address}`, '--admin-auth=token')).toMatchObject({
      port: 9091,
    });
  });

  test('is not one of 127.0.0.0/8 or ::1', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', '[::1]', '[::ffff:127.0.0.1]']) {
      expect(portOf(...CLUSTER, `--admin-address=${host}:9091`)).toMatchObject({ port: 9091 });
    }
  });
});

test('an address has an IP and a port, and names have no port', () => {
  const bad = ['9091', ':9091', 'localhost:9091', '::1:9091', '127.0.0.1', '127.0.0.1:x', '127.0.0.1:65536'];
  for (const address of bad) {
    expect(portOf(...CLUSTER, `--admin-address=${address}`)).toEqual([
      `--admin-address=${address}: ip:port expected`,
    ]);
  }
  expect(portOf(...CLUSTER, '--admin-hosts=a.b,c:1')).toEqual([
    '--admin-hosts=a.b,c:1: a host name expected',
  ]);
});

test('no two ports are the same', () => {
  expect(portOf(...CLUSTER, '--metrics-port=9091')).toEqual([
    '--grpc-port, --grpc-health-port, --metrics-port and the port of --admin-address: must differ',
  ]);
  expect(portOf(...FILES, '--metrics-port=9091')).toBe(undefined);
});
