import { createJsonScanner } from '../src/core/json-scan.ts';
import { wantedKeys } from '../src/core/json-scan-keys.ts';

const KEYS: ReadonlySet<string> = new Set(['model']);
const BUDGET_MS = 400;
const MIN_RUNS = 5;
const MIB = 1024 * 1024;
/** The largest chunk that Envoy sends is near this. */
const CHUNK_BYTES = 64 * 1024;

interface Case {
  readonly name: string;
  readonly body: Buffer;
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

const cases: readonly Case[] = [
  { name: 'chat, 4 KiB', body: chat(fill(4096, () => message('Why is the sky blue? '.repeat(20)))) },
  { name: 'one long string', body: chat(message('word '.repeat(MIB / 5))) },
  { name: 'messages of 8 KiB with line breaks', body: chat(fill(MIB, () => message('word\n'.repeat(1600)))) },
  { name: 'messages of 100 bytes', body: chat(fill(MIB, () => message('word '.repeat(20)))) },
  { name: 'indented tools', body: chat(fill(MIB, tool)) },
  { name: 'token ids', body: prompt(fill(MIB, (at) => String((at * 7919) % 150_000))) },
  { name: 'floats', body: prompt(fill(MIB, (at) => String(Math.sin(at)))) },
  { name: 'zeros', body: prompt(fill(MIB, () => '0')) },
  { name: 'quotes in a string', body: chat(message('"'.repeat(MIB / 2))) },
  { name: 'backslashes in a string', body: chat(message('\\'.repeat(MIB / 2))) },
  { name: 'empty arrays', body: prompt(fill(MIB, () => '[]')) },
  { name: 'top-level keys', body: Buffer.from(`{${fill(MIB, () => '"models":0')}}`) },
];

function scan(body: Buffer, chunkBytes: number): void {
  const scanner = createJsonScanner(wantedKeys(KEYS));
  for (let at = 0; at < body.length; at += chunkBytes) scanner.push(body.subarray(at, at + chunkBytes));
  if (scanner.finish().kind !== 'complete') throw new Error('the scanner refuses the body');
}

/** Runs for a bounded time; the first fifth only warms the compiler up. */
function time(work: () => void): string {
  const micros: number[] = [];
  const end = performance.now() + BUDGET_MS;
  while (performance.now() < end || micros.length < MIN_RUNS) {
    const start = performance.now();
    work();
    micros.push((performance.now() - start) * 1000);
  }
  const sorted = micros.slice(Math.floor(micros.length / 5)).sort((a, b) => a - b);
  return [0, 0.5, 1]
    .map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? 0)
    .map((value) => value.toFixed(value < 100 ? 1 : 0).padStart(8))
    .join('');
}

/** Times the byte scanner against JSON.parse; about fifteen seconds. */
export function benchJsonScan(): void {
  console.log(`${''.padEnd(46)}µs:  min   median     max`);
  for (const { name, body } of cases) {
    console.log(`${name} (${body.length} bytes)`);
    console.log(`${'  scan, one chunk'.padEnd(46)}${time(() => scan(body, body.length))}`);
    console.log(`${'  scan, chunks of 64 KiB'.padEnd(46)}${time(() => scan(body, CHUNK_BYTES))}`);
    console.log(`${'  JSON.parse'.padEnd(46)}${time(() => JSON.parse(body.toString()))}`);
  }
}
