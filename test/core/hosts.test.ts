import { describe, expect, test } from 'vitest';
import { buildHosts, lookupHost } from '../../src/core/hosts.ts';
import { poolKey } from '../../src/core/names.ts';

const key = (name: string) => poolKey('default', name);

function table(...hosts: readonly string[]) {
  return buildHosts(new Map(hosts.map((host) => [host, key(host)])));
}

describe('lookupHost', () => {
  test('prefers the exact host to the longest wildcard, and that to the catch-all', () => {
    const hosts = table('*', '*.example.com', 'a.example.com', '*.b.example.com');
    expect(lookupHost(hosts, 'a.example.com')).toBe(key('a.example.com'));
    expect(lookupHost(hosts, 'c.b.example.com')).toBe(key('*.b.example.com'));
    expect(lookupHost(hosts, 'b.example.com')).toBe(key('*.example.com'));
    expect(lookupHost(hosts, 'other.org')).toBe(key('*'));
  });

  test.each(['test.com', 'TEST.com', 'test.com:8080', 'Test.Com:80', 'test.com.', 'test.com.:8080'])(
    'takes %s for test.com',
    (authority) => {
      expect(lookupHost(table('test.com'), authority)).toBe(key('test.com'));
    },
  );

  test.each(['', 'test', 'atest.com', 'test.com.org', 'x.test.com', ':8080', '[::1]', '[', ']', '*'])(
    'does not take %j for test.com',
    (authority) => {
      expect(lookupHost(table('test.com'), authority)).toBeUndefined();
    },
  );

  test('takes a wildcard for one label or several, never for the bare domain', () => {
    const hosts = table('*.test.com');
    expect(lookupHost(hosts, 'a.test.com:80')).toBe(key('*.test.com'));
    expect(lookupHost(hosts, 'a.b.TEST.com')).toBe(key('*.test.com'));
    expect(lookupHost(hosts, 'test.com')).toBeUndefined();
    expect(lookupHost(hosts, '.test.com')).toBeUndefined();
    expect(lookupHost(hosts, 'atest.com')).toBeUndefined();
  });

  test.each(['[fd00::1]', '[fd00::1]:8080', '[FD00:0:0::1]:80'])(
    'takes %s for an IPv6 literal',
    (authority) => {
      expect(lookupHost(table('[fd00::1]'), authority)).toBe(key('[fd00::1]'));
    },
  );

  test('finds hosts of routes that are written in capitals', () => {
    const hosts = table('Test.com', '*.Example.org');
    expect(lookupHost(hosts, 'test.com')).toBe(key('Test.com'));
    expect(lookupHost(hosts, 'a.example.org')).toBe(key('*.Example.org'));
  });

  test('finds the IPv6 literal of a route in any spelling', () => {
    expect(lookupHost(table('[fd00:0:0::1]'), '[fd00::1]:80')).toBe(key('[fd00:0:0::1]'));
  });

  test('takes an IPv4 literal for a host like any other', () => {
    expect(lookupHost(table('127.0.0.1'), '127.0.0.1:8080')).toBe(key('127.0.0.1'));
  });
});

describe('buildHosts', () => {
  test('is empty without routes', () => {
    expect(buildHosts(new Map())).toEqual({ exact: new Map(), suffixes: [], any: undefined, empty: true });
  });

  test('sorts wildcards, the longest first', () => {
    expect(table('*', '*.b', 'a.b', '*.a.b')).toEqual({
      exact: new Map([['a.b', key('a.b')]]),
      suffixes: [
        { suffix: '.a.b', pool: key('*.a.b') },
        { suffix: '.b', pool: key('*.b') },
      ],
      any: key('*'),
      empty: false,
    });
  });
});
