import { z } from 'zod';
import { formatAddress, parseIp } from '../../core/address.ts';
import type { Member } from '../../core/members.ts';
import { type ReadDocument, readDocuments } from '../files/documents.ts';
import type { ReadFile, ReadItem } from '../files/last-good.ts';
import { type FieldPath, formatField, type Locate, type Problem } from '../problems/problem.ts';
import { type Checked, check, type FieldProblem } from '../problems/schema-check.ts';

const page = z.strictObject({ endpoints: z.array(z.unknown()) });

const entry = z.strictObject({
  name: z.string().min(1).optional(),
  address: z
    .string()
    .refine(
      (text) => parseIp(text) !== undefined,
      'is not an IP address; use --endpoints-dns for a host name',
    ),
  port: z.int().min(1).max(65_535).optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

// What can stand for a broken entry, so that it is known again after an edit.
const identity = z.object({
  name: z.string().optional().catch(undefined),
  address: z.string().optional().catch(undefined),
});

/** Reads an endpoints file: `endpoints: [{name, address, port, labels}]`, all but the address optional. */
export function parseEndpointsFile(path: string, text: string): ReadFile<Member> {
  const documents = readDocuments(path, text);
  const [document] = documents;
  if (document === undefined || documents.length > 1) {
    const place = { source: path, line: 1, column: 1 };
    return broken([
      { place, object: undefined, field: '', message: 'must be one YAML document with endpoints' },
    ]);
  }
  return document.kind === 'unparsable' ? broken(document.problems) : readPage(document);
}

function broken(problems: readonly Problem[]): ReadFile<Member> {
  return { items: [], broken: problems, skipped: [] };
}

function readPage({ value, locate }: ReadDocument & { readonly kind: 'value' }): ReadFile<Member> {
  const checked = check(page, value, []);
  if (checked.kind === 'invalid')
    return broken(checked.problems.map((problem) => placed(problem, undefined, locate)));
  const items: ReadItem<Member>[] = [];
  const nameless: Problem[] = [];
  const seen: Seen = { ids: new Map(), addresses: new Set() };
  for (const [index, raw] of checked.value.endpoints.entries()) {
    const path = ['endpoints', index];
    const id = identify(raw, seen);
    const member = readEntry(raw, path, seen);
    if (member.kind === 'ok') {
      const name = id ?? member.value.name;
      items.push({ kind: 'good', id: name, place: locate(path), value: member.value });
      continue;
    }
    const problems = member.problems.map((problem) => placed(problem, id, locate));
    if (id === undefined) nameless.push(...problems);
    else items.push({ kind: 'bad', id, problems, fallback: undefined });
  }
  return { items, broken: nameless, skipped: [] };
}

interface Seen {
  readonly ids: Map<string, number>;
  readonly addresses: Set<string>;
}

// One pod may serve several ports under one name: its entries are told apart by their order.
function identify(raw: unknown, { ids }: Seen): string | undefined {
  const read = identity.safeParse(raw);
  const name = read.success ? (read.data.name ?? read.data.address) : undefined;
  if (name === undefined) return undefined;
  const count = (ids.get(name) ?? 0) + 1;
  ids.set(name, count);
  return count === 1 ? name : `${name} (entry ${count})`;
}

function readEntry(raw: unknown, path: FieldPath, { addresses }: Seen): Checked<Member> {
  const checked = check(entry, raw, path);
  if (checked.kind === 'invalid') return checked;
  const { name, address, port, labels } = checked.value;
  const ip = parseIp(address) ?? address;
  const where = port === undefined ? ip : formatAddress(ip, port);
  if (addresses.has(where)) {
    return {
      kind: 'invalid',
      problems: [{ path: [...path, 'address'], message: `${where} is given twice` }],
    };
  }
  addresses.add(where);
  const map = labels && new Map(Object.entries(labels));
  return { kind: 'ok', value: { name: name ?? where, ip, port, labels: map, namespace: undefined } };
}

function placed({ path, message }: FieldProblem, id: string | undefined, locate: Locate): Problem {
  const object = id === undefined ? undefined : `endpoint ${id}`;
  return { place: locate(path), object, field: formatField(path), message };
}
