import { describe, expect, test } from 'vitest';
import { parseEndpointList } from '../../../src/sources/endpoints/endpoint-list.ts';

describe('parseEndpointList', () => {
  test('reads addresses in canonical form, without labels', () => {
    expect(parseEndpointList('10.0.0.1:8000, [2001:DB8:0::1]:8001')).toEqual({
      kind: 'ok',
      members: [
        { name: '10.0.0.1:8000', ip: '10.0.0.1', port: 8000, labels: undefined },
        { name: '[2001:db8::1]:8001', ip: '2001:db8::1', port: 8001, labels: undefined },
      ],
    });
  });

  test('refuses a host name and says which flag takes one', () => {
    expect(parseEndpointList('vllm.local:8000')).toEqual({
      kind: 'invalid',
      problems: ['vllm.local:8000: is not an IP address; use --endpoints-dns'],
    });
  });

  test('names everything that is wrong', () => {
    expect(parseEndpointList('10.0.0.1,,10.0.0.1:0,::1:8000,[::1]:8000,[0::1]:8000,10.0.0.1:65536')).toEqual({
      kind: 'invalid',
      problems: [
        '10.0.0.1: must be ip:port or [ipv6]:port',
        '"": must be ip:port or [ipv6]:port',
        '10.0.0.1:0: must be ip:port or [ipv6]:port',
        '::1:8000: must be ip:port or [ipv6]:port',
        '10.0.0.1:65536: must be ip:port or [ipv6]:port',
        '[::1]:8000: is given twice',
      ],
    });
  });
});
