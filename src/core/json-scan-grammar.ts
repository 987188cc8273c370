/** What may come next, between tokens. Numbers, since one is looked up for every structural byte. */
export const VALUE = 0;
export const FIRST_ITEM = 1;
export const FIRST_KEY = 2;
export const KEY = 3;
export const COLON = 4;
export const AFTER_ITEM = 5;
export const AFTER_MEMBER = 6;
export const END = 7;

/** What a byte calls for where it is allowed; `REFUSE` where it is not. */
export const REFUSE = 0;
export const SKIP = 1;
export const TO_VALUE = 2;
export const TO_KEY = 3;
export const READ_KEY = 4;
export const READ_STRING = 5;
export const READ_NUMBER = 6;
export const READ_LITERAL = 7;
export const OPEN_OBJECT = 8;
export const OPEN_ARRAY = 9;
export const CLOSE = 10;

const VALUE_BYTES: Readonly<Record<string, number>> = {
  '"': READ_STRING,
  '{': OPEN_OBJECT,
  '[': OPEN_ARRAY,
  ...Object.fromEntries([...'-0123456789'].map((byte) => [byte, READ_NUMBER])),
  ...Object.fromEntries([...'tfn'].map((byte) => [byte, READ_LITERAL])),
};

/** RFC 8259 in one row per state: what is expected, in words, and the bytes that are allowed. */
const GRAMMAR: readonly { readonly wanted: string; readonly bytes: Readonly<Record<string, number>> }[] = [
  { wanted: 'a value', bytes: VALUE_BYTES },
  { wanted: 'a value or `]`', bytes: { ...VALUE_BYTES, ']': CLOSE } },
  { wanted: 'a key or `}`', bytes: { '"': READ_KEY, '}': CLOSE } },
  { wanted: 'a key', bytes: { '"': READ_KEY } },
  { wanted: '`:`', bytes: { ':': TO_VALUE } },
  { wanted: '`,` or `]`', bytes: { ',': TO_VALUE, ']': CLOSE } },
  { wanted: '`,` or `}`', bytes: { ',': TO_KEY, '}': CLOSE } },
  { wanted: 'the end of the text', bytes: {} },
];

/** The action for a byte, at `state * 256 + byte`. */
export const ACTIONS = actionTable();

function actionTable(): Uint8Array {
  const actions = new Uint8Array(GRAMMAR.length * 256);
  GRAMMAR.forEach(({ bytes }, state) => {
    for (const space of ' \t\r\n') actions[state * 256 + space.charCodeAt(0)] = SKIP;
    for (const [byte, action] of Object.entries(bytes)) actions[state * 256 + byte.charCodeAt(0)] = action;
  });
  return actions;
}

/** What a state expects, in words for a client. */
export function wantedIn(state: number): string {
  return GRAMMAR[state]?.wanted ?? '';
}
