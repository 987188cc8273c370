import { parseIp } from '../core/address.ts';
import type { Member } from '../core/members.ts';
import type { BodyMode } from '../extproc/body-mode.ts';
import { parseBodyMode } from '../extproc/body-mode.ts';
import { parseDnsTarget } from '../sources/endpoints/dns-source.ts';
import { parseEndpointList } from '../sources/endpoints/endpoint-list.ts';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import { type Parse, type Parsed, parsePort } from './values.ts';

/** Envoy's name of a body send mode. */
export const readBodyMode: Parse<BodyMode> = (text) =>
  okOr(parseBodyMode(text), 'none, buffered, buffered-partial, streamed or full-duplex expected');

/** An IP literal, in canonical form. */
export const readIp: Parse<string> = (text) => okOr(parseIp(text), 'an IP address expected');

/** `ip:port`, IPv6 in brackets, to listen on. */
export const readIpPort: Parse<HostPort> = (text) => {
  const colon = text.lastIndexOf(':');
  const host = parseIp(text.slice(0, colon));
  const port = parsePort(text.slice(colon + 1));
  const fits = host !== undefined && host.includes(':') === text.startsWith('[');
  if (colon < 0 || !fits || port.kind === 'bad') return { kind: 'bad', problem: 'ip:port expected' };
  return { kind: 'ok', value: { host, port: port.value } };
};

/** `ip:port,ip:port`. */
export const readEndpointList: Parse<readonly Member[]> = (text) => {
  const list = parseEndpointList(text);
  if (list.kind === 'ok') return { kind: 'ok', value: list.members };
  return { kind: 'bad', problem: list.problems.join('; ') };
};

/** `name:port`. */
export const readDnsTarget: Parse<HostPort> = (text) => {
  const found = parseDnsTarget(text);
  return found.kind === 'ok'
    ? { kind: 'ok', value: found.target }
    : { kind: 'bad', problem: 'name:port expected' };
};

function okOr<T>(value: T | undefined, problem: string): Parsed<T> {
  return value === undefined ? { kind: 'bad', problem } : { kind: 'ok', value };
}
