import { describe, expect, test } from 'vitest';
import type { HpackDecoder } from '../../../../src/server/http2/hpack/decoder.ts';
import { createHpackDecoder } from '../../../../src/server/http2/hpack/decoder.ts';

function collect(maxTableBytes = 4096): { readonly decoder: HpackDecoder; readonly take: () => string[] } {
  let fields: string[] = [];
  const onField = ({ name, value }: { name: string; value: string }) => void fields.push(`${name}: ${value}`);
  return {
    decoder: createHpackDecoder({ maxTableBytes, onField }),
    take: () => {
      const taken = fields;
      fields = [];
      return taken;
    },
  };
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 7541 appendix C: blocks in order on one decoder, and the fields of each. */
const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [
    ':method: GET',
    ':scheme: https',
    ':path: /index.html',
    ':authority: www.example.com',
    'custom-key: custom-value',
  ],
];
const date = (second: number) => `date: Mon, 21 Oct 2013 20:13:${second} GMT`;
const LOCATION = 'location: https://www.example.com';
const RESPONSES = [
  [':status: 302', 'cache-control: private', date(21), LOCATION],
  [':status: 307', 'cache-control: private', date(21), LOCATION],
  [
    ':status: 200',
    'cache-control: private',
    date(22),
    LOCATION,
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

describe('the examples of RFC 7541 appendix C', () => {
  test.each([
    [
      'C.2.1',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      'custom-key: custom-header',
    ],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path'],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret'],
    ['C.2.4', '82', ':method: GET'],
  ])('%s', (_name, block, field) => {
    const { decoder, take } = collect();
    expect([decoder.decode(hex(block)), take()]).toEqual([undefined, [field]]);
  });

  test.each([
    [
      'C.3, requests',
      4096,
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
      REQUESTS,
    ],
    [
      'C.4, requests in Huffman code',
      4096,
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
      REQUESTS,
    ],
    [
      'C.5, responses that evict',
      256,
      [
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '4803 3330 37c1 c0bf',
        '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
      ],
      RESPONSES,
    ],
    [
      'C.6, responses that evict in Huffman code',
      256,
      [
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        '4883 640e ffc1 c0bf',
        '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ],
      RESPONSES,
    ],
  ])('%s', (_name, maxTableBytes, blocks, fields) => {
    const { decoder, take } = collect(maxTableBytes);
    expect(blocks.map((block) => [decoder.decode(hex(block)), take()])).toEqual(
      fields.map((each) => [undefined, each]),
    );
  });
});

describe('a block that is wrong', () => {
  test.each([
    ['index 0', '80', 'an index outside of the tables'],
    ['an index behind both tables', 'be', 'an index outside of the tables'],
    ['an index without an end', 'ff80 8080 8080 8080 80', 'an index outside of the tables'],
    ['a name that is cut off', '400a 6375', 'a literal without a readable name'],
    ['a name of an index that is none', '7f ff', 'a literal without a readable name'],
    ['a value that is cut off', '0005 6162 6364 65', 'a literal without a readable value'],
    ['a value longer than memory', '047f ffff ffff ff', 'a literal without a readable value'],
    ['END_OF_STRING in a Huffman string', '0484 ffff ffff', 'a literal without a readable value'],
    ['Huffman padding of eight bits', '0482 1fff', 'a literal without a readable value'],
    ['Huffman padding with zeros', '0481 18', 'a literal without a readable value'],
    ['a table above the setting', '3fe2 1f', 'a table larger than 4096 bytes'],
    ['a table size after a field', '8220', 'a change of the table size after a field'],
    ['three table sizes', '2020 2082', 'too many changes of the table size'],
  ])('%s', (_name, block, problem) => {
    expect(collect().decoder.decode(hex(block))).toBe(problem);
  });
});

test('a table set to 0 forgets all, and grows again', () => {
  const { decoder, take } = collect();
  decoder.decode(hex('4001 6101 62'));
  expect([decoder.decode(hex('be')), take()]).toEqual([undefined, ['a: b', 'a: b']]);
  expect(decoder.decode(hex('20be'))).toBe('an index outside of the tables');
  expect([decoder.decode(hex('3fe1 1f40 0161 0162 be')), take()]).toEqual([undefined, ['a: b', 'a: b']]);
});

test('200 entries keep their indices', () => {
  const { decoder, take } = collect(1 << 16);
  for (let at = 0; at < 200; at += 1) decoder.decode(Buffer.from([0x40, 1, 0x61, 1, at]));
  take();
  // Indices above 126 have a second byte (§5.1): 62 is the newest, 261 the oldest.
  const oldest = Buffer.from([0xff, (261 - 127) | 0x80, (261 - 127) >> 7]);
  expect([decoder.decode(oldest), take()]).toEqual([undefined, ['a: \0']]);
  expect([decoder.decode(Buffer.from([0xbe])), take()]).toEqual([
    undefined,
    [`a: ${String.fromCharCode(199)}`],
  ]);
});
