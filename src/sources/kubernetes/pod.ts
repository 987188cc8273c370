import { z } from 'zod';
import { parseIp } from '../../core/address.ts';
import type { Member } from '../../core/members.ts';

const pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().nullish(),
  }),
  status: z
    .object({
      podIP: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    })
    .optional(),
});

/**
 * Translates a Pod into a member; undefined if it takes no requests: not Ready, terminating, or without an
 * address. The primary address counts, IPv4 or IPv6: a second one would make two endpoints of one server.
 */
export function readyMember(value: unknown): Member | undefined {
  const read = pod.safeParse(value);
  if (!read.success) return undefined;
  const { metadata, status } = read.data;
  const ready =
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  const terminating = typeof metadata.deletionTimestamp === 'string';
  const ip = parseIp(status?.podIP ?? '');
  if (!ready || terminating || ip === undefined) return undefined;
  const { name, namespace, labels = {} } = metadata;
  return { name, ip, port: undefined, labels: new Map(Object.entries(labels)), namespace };
}
