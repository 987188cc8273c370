import { describe, expect, onTestFinished, test } from 'vitest';
import type { Member } from '../../../src/core/members.ts';
import { createDnsSource, parseDnsTarget } from '../../../src/sources/endpoints/dns-source.ts';
import { systemLookup } from '../../../src/sources/endpoints/system-lookup.ts';
import { eventually } from '../files/following.ts';

function resolve(lookup: (name: string) => Promise<readonly string[]>, intervalMs = 1) {
  const published: (readonly Member[])[] = [];
  const told: string[] = [];
  const source = createDnsSource({
    target: { host: 'vllm', port: 8000 },
    lookup,
    intervalMs,
    publish: (members) => published.push(members),
    report: {
      unresolved: (name, message) => told.push(`unresolved ${name}: ${message}`),
      resolved: (name, addresses) => told.push(`resolved ${name}: ${addresses.join()}`),
    },
  });
  const stop = new AbortController();
  const running = source.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const names = () => published.map((members) => members.map((member) => member.name));
  return { source, published, names, told, stop, running };
}

describe('createDnsSource', () => {
  test('makes a member of every IPv4 and IPv6 address, once each', async () => {
    const { source, published } = resolve(async () => ['10.0.0.2', '2001:DB8::1', '10.0.0.2'], 60_000);
    await source.firstRead;
    expect(published).toEqual([
      [
        { name: '10.0.0.2:8000', ip: '10.0.0.2', port: 8000, labels: undefined },
        { name: '[2001:db8::1]:8000', ip: '2001:db8::1', port: 8000, labels: undefined },
      ],
    ]);
  });

  test('resolves again and again, and publishes only what changed', async () => {
    const answers = [['10.0.0.1', '10.0.0.2'], ['10.0.0.2', '10.0.0.1'], ['10.0.0.3']];
    const { names, told } = resolve(async () => answers.shift() ?? ['10.0.0.3']);
    await eventually(() => expect(names()).toEqual([['10.0.0.1:8000', '10.0.0.2:8000'], ['10.0.0.3:8000']]));
    expect(told).toEqual(['resolved vllm: 10.0.0.1,10.0.0.2', 'resolved vllm: 10.0.0.3']);
  });

  test('keeps the last addresses while the name does not resolve, and tells that once', async () => {
    const answers = [['10.0.0.1'], undefined, undefined, [], ['10.0.0.1']];
    const { names, told } = resolve(async () => {
      const answer = answers.length > 0 ? answers.shift() : ['10.0.0.1'];
      if (answer === undefined) throw new Error('ENOTFOUND vllm');
      return answer;
    });
    await eventually(() => expect(told).toHaveLength(3));
    expect(told).toEqual([
      'resolved vllm: 10.0.0.1',
      'unresolved vllm: ENOTFOUND vllm',
      'resolved vllm: 10.0.0.1',
    ]);
    expect(names()).toEqual([['10.0.0.1:8000']]);
  });

  test('has read once even if the first look-up fails', async () => {
    const { source, published } = resolve(() => Promise.reject(new Error('ENOTFOUND vllm')), 60_000);
    await source.firstRead;
    expect(published).toEqual([]);
  });

  test('ends although a look-up never does', async () => {
    const { stop, running } = resolve(() => new Promise(() => undefined));
    stop.abort();
    await running;
  });
});

test('systemLookup finds addresses as the operating system does', async () => {
  const addresses = await systemLookup('localhost');
  expect(addresses.every((address) => address === '127.0.0.1' || address === '::1')).toBe(true);
  expect(addresses.length).toBeGreaterThan(0);
});

test('parseDnsTarget splits name and port', () => {
  expect(parseDnsTarget('vllm.svc:8000')).toEqual({ kind: 'ok', target: { host: 'vllm.svc', port: 8000 } });
  expect(parseDnsTarget('vllm')).toEqual({ kind: 'invalid', problem: 'vllm: must be name:port' });
});
