import fc from 'fast-check';
import { type Node, parseTree } from 'jsonc-parser';

const SPACES = ['', '', '', ' ', '\n\t', '\r\n  '];
const LEAVES = ['0', '-0', '9007199254740993', '1.5e+10', '-12E-3', '0.10', 'true', 'false', 'null', '""'];

/** A JSON string of a text, with `\uXXXX` for the UTF-16 units that the flags choose. */
function spell(text: string, flags: Iterator<boolean>): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const paired = /[\ud800-\udfff]/.test(text);
  const plain = (unit: number) => JSON.stringify(String.fromCharCode(unit)).slice(1, -1);
  const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
  return `"${units.map((unit) => (paired || flags.next().value ? escaped(unit) : plain(unit))).join('')}"`;
}

/** Texts from a few bytes to a few hundred, full of quotes and runs of backslashes. */
const text = fc.oneof(
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.string({ maxLength: 120, unit: fc.constantFrom('"', '\\', 'a', 'bcd', '\n', 'é', '{', ',') }),
  fc.nat(200).map((length) => 'word '.repeat(length)),
);

const key = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('model', 'user', 'metadata', 'session_id', 'metadata.session_id', 'prompt', 'mode'),
      fc.string({ maxLength: 6 }),
    ),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([name, flags]) => spell(name, flags));

const { json } = fc.letrec<{ json: string; object: string; array: string; leaf: string }>((tie) => {
  const space = fc.constantFrom(...SPACES);
  const member = fc.tuple(space, key, space, fc.constant(':'), space, tie('json'), space);
  const item = fc.tuple(space, tie('json'), space);
  const list = (part: fc.Arbitrary<readonly string[]>) =>
    fc.array(part, { maxLength: 5 }).map((parts) => parts.map((words) => words.join('')).join(','));
  return {
    leaf: fc.oneof(
      text.map((value) => JSON.stringify(value)),
      fc.constantFrom(...LEAVES),
    ),
    array: list(item).map((items) => `[${items}]`),
    object: list(member).map((members) => `{${members}}`),
    json: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      tie('leaf'),
      tie('object'),
      tie('array'),
      tie('object'),
    ),
  };
});

/** JSON texts as clients may write them: white space anywhere, keys escaped or not, keys that repeat. */
export const jsonDocument: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...SPACES), json, fc.constantFrom(...SPACES))
  .map((parts) => parts.join(''));

/** Bytes in chunks: single bytes, or cut at a few places, where empty chunks may come of it. */
export function inChunks(bytes: Buffer): fc.Arbitrary<readonly Buffer[]> {
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  return fc.oneof(
    fc.constant(single),
    fc.array(fc.nat(bytes.length), { maxLength: 8 }).map((cuts) => {
      const ends = [...cuts, bytes.length].sort((a, b) => a - b);
      return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
    }),
  );
}

/** The members of the top-level object according to jsonc-parser, whose offsets count UTF-16 units. */
export function topLevelMembers(source: string): readonly { readonly name: string; readonly value: Node }[] {
  const root = parseTree(source);
  return root === undefined ? [] : membersOf(root);
}

/** The members of an object; none of another value. */
export function membersOf(node: Node): readonly { readonly name: string; readonly value: Node }[] {
  if (node.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined || value === undefined ? [] : [{ name: String(name.value), value }],
  );
}
