const MIB = 1024 * 1024;

/** A body that is read. */
export interface Body {
  readonly name: string;
  readonly bytes: Buffer;
}

function fill(bytes: number, item: (at: number) => string): string {
  const items: string[] = [];
  for (let length = 0; length < bytes; length += items.at(-1)?.length ?? 0) items.push(item(items.length));
  return items.join(',');
}

const message = (text: string) => JSON.stringify({ role: 'user', content: text });
const chat = (messages: string) =>
  Buffer.from(`{"model":"lora-request","messages":[${messages}],"max_tokens":64,"stream":true}`);
const prompt = (items: string) => Buffer.from(`{"model":"lora-request","prompt":[${items}]}`);
const tool = (at: number) => {
  const properties = Object.fromEntries(
    ['city', 'unit', 'days'].map((key) => [key, { type: 'string', minLength: 1, nullable: false }]),
  );
  return JSON.stringify({ name: `tool-${at}`, parameters: { type: 'object', properties } }, undefined, 2);
};

/** Makes bodies that are cheap to read, and ones that are not. */
export function makeBodies(): readonly Body[] {
  return [
    { name: 'chat, 4 KiB', bytes: chat(fill(4096, () => message('Why is the sky blue? '.repeat(20)))) },
    { name: 'one long string', bytes: chat(message('word '.repeat(MIB / 5))) },
    {
      name: 'messages of 8 KiB with line breaks',
      bytes: chat(fill(MIB, () => message('word\n'.repeat(1600)))),
    },
    { name: 'messages of 100 bytes', bytes: chat(fill(MIB, () => message('word '.repeat(20)))) },
    { name: 'indented tools', bytes: chat(fill(MIB, tool)) },
    { name: 'token ids', bytes: prompt(fill(MIB, (at) => String((at * 7919) % 150_000))) },
    { name: 'floats', bytes: prompt(fill(MIB, (at) => String(Math.sin(at)))) },
    { name: 'zeros', bytes: prompt(fill(MIB, () => '0')) },
    { name: 'quotes in a string', bytes: chat(message('"'.repeat(MIB / 2))) },
    { name: 'backslashes in a string', bytes: chat(message('\\'.repeat(MIB / 2))) },
    { name: 'empty arrays', bytes: prompt(fill(MIB, () => '[]')) },
    { name: 'top-level keys', bytes: Buffer.from(`{${fill(MIB, () => '"models":0')}}`) },
  ];
}
