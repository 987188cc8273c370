import { formatAddress, parseIp } from '../../core/address.ts';
import type { Member } from '../../core/members.ts';
import { splitHostPort } from './host-port.ts';

/** The members that `--endpoints` names, or everything that is wrong with it. */
export type EndpointList =
  | { readonly kind: 'ok'; readonly members: readonly Member[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

type Entry =
  | { readonly kind: 'member'; readonly member: Member }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads `ip:port,ip:port` with IPv6 in brackets; the members have no labels. */
export function parseEndpointList(text: string): EndpointList {
  const texts = text.split(',').map((entry) => entry.trim());
  const entries = texts.map(parseEntry);
  const members = entries.flatMap((entry) => (entry.kind === 'member' ? [entry.member] : []));
  const names = members.map((member) => member.name);
  const problems = [
    ...entries.flatMap((entry) => (entry.kind === 'problem' ? [entry.problem] : [])),
    ...names.filter((name, index) => names.indexOf(name) < index).map((name) => `${name}: is given twice`),
  ];
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', members };
}

function parseEntry(text: string): Entry {
  const split = splitHostPort(text);
  if (split === undefined)
    return { kind: 'problem', problem: `${text === '' ? '""' : text}: must be ip:port or [ipv6]:port` };
  const ip = parseIp(split.host);
  if (ip === undefined)
    return { kind: 'problem', problem: `${text}: is not an IP address; use --endpoints-dns` };
  const { port } = split;
  const name = formatAddress(ip, port);
  return { kind: 'member', member: { name, ip, port, labels: undefined, namespace: undefined } };
}
