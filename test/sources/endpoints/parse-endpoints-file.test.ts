import { describe, expect, test } from 'vitest';
import { parseEndpointsFile } from '../../../src/sources/endpoints/parse-endpoints-file.ts';
import { formatProblem } from '../../../src/sources/problems/problem.ts';

function read(text: string) {
  const { items, broken } = parseEndpointsFile('e.yaml', text);
  return {
    members: items.flatMap((item) => (item.kind === 'good' ? [item.value] : [])),
    ids: items.map((item) => item.id),
    problems: items.flatMap((item) => (item.kind === 'bad' ? item.problems.map(formatProblem) : [])),
    broken: broken.map(formatProblem),
  };
}

describe('parseEndpointsFile', () => {
  test('reads names, ports and labels, all of which may be absent', () => {
    const text = `endpoints:
- { name: pod-a, address: 10.0.0.1, port: 8000, labels: { app: vllm } }
- { address: "2001:DB8::0:1", port: 8000 }
- address: 10.0.0.3
`;
    expect(read(text)).toEqual({
      members: [
        { name: 'pod-a', ip: '10.0.0.1', port: 8000, labels: new Map([['app', 'vllm']]) },
        { name: '[2001:db8::1]:8000', ip: '2001:db8::1', port: 8000, labels: undefined },
        { name: '10.0.0.3', ip: '10.0.0.3', port: undefined, labels: undefined },
      ],
      ids: ['pod-a', '2001:DB8::0:1', '10.0.0.3'],
      problems: [],
      broken: [],
    });
  });

  test('tells several ports of one name apart', () => {
    const text =
      'endpoints:\n- { name: a, address: 10.0.0.1, port: 1 }\n- { name: a, address: 10.0.0.1, port: 2 }\n';
    expect(read(text)).toMatchObject({ ids: ['a', 'a (entry 2)'], problems: [] });
  });

  test('tells broken entries with line, column and field, and reads the others', () => {
    const text = `endpoints:
- { name: a, address: vllm.local, port: 70000 }
- { name: b, address: 10.0.0.2, lables: {} }
- { name: c, address: 10.0.0.3 }
- { name: d, address: 10.0.0.3 }
- { name: e, port: 1 }
- 7
`;
    expect(read(text)).toEqual({
      members: [{ name: 'c', ip: '10.0.0.3', port: undefined, labels: undefined }],
      ids: ['a', 'b', 'c', 'd', 'e'],
      problems: [
        'e.yaml:2:14: endpoints[0].address: is not an IP address; use --endpoints-dns for a host name',
        'e.yaml:2:35: endpoints[0].port: must be at most 65535',
        'e.yaml:3:33: endpoints[1].lables: unknown field',
        'e.yaml:5:14: endpoints[3].address: 10.0.0.3 is given twice',
        'e.yaml:6:3: endpoints[4].address: is required',
      ],
      broken: ['e.yaml:7:3: endpoints[5]: must be a mapping, not 7'],
    });
  });

  test.each([
    ['', 'e.yaml:1:1: must be one YAML document with endpoints'],
    ['endpoints: []\n---\nendpoints: []\n', 'e.yaml:1:1: must be one YAML document with endpoints'],
    ['endpoints:\n', 'e.yaml:1:1: endpoints: must be a list, not empty'],
    ['endpoint: []\n', 'e.yaml:1:1: endpoints: is required'],
  ])('refuses the text %j', (text, problem) => {
    expect(read(text).broken).toContain(problem);
  });

  test('takes an empty list for no endpoints', () => {
    expect(read('endpoints: []\n')).toEqual({ members: [], ids: [], problems: [], broken: [] });
  });
});
