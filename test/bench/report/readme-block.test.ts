import { expect, test } from 'vitest';
import { replaceBlock } from '../../../bench/report/readme-block.ts';

const TEXT = 'before\n<!-- a -->\nold\n<!-- /a -->\nafter\n<!-- b --><!-- /b -->';

test('replaces what stands between the marks, and nothing else', () => {
  const once = replaceBlock(TEXT, 'a', 'new $&');
  expect(once).toBe('before\n<!-- a -->\nnew $&\n<!-- /a -->\nafter\n<!-- b --><!-- /b -->');
  expect(replaceBlock(once, 'a', 'new $&')).toBe(once);
  expect(replaceBlock(TEXT, 'b', 'x')).toBe(TEXT.replace('<!-- b -->', '<!-- b -->\nx\n'));
});

test('throws where a mark is missing', () => {
  expect(() => replaceBlock(TEXT, 'c', 'x')).toThrow('there is no <!-- c --> … <!-- /c -->');
  expect(() => replaceBlock('<!-- a -->', 'a', 'x')).toThrow('there is no <!-- a --> … <!-- /a -->');
});
