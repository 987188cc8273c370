import type { Address } from './names.ts';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const LEADING_ZERO = /(?:^|\.)0\d/;

/**
 * The canonical spelling of an IP literal (RFC 5952 for IPv6, with or without brackets in, always without
 * out); undefined for host names, zone ids and anything else.
 */
export function parseIp(text: string): string | undefined {
  if (IPV4.test(text) && !LEADING_ZERO.test(text)) return text;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return bare.includes(':') ? canonicalIpv6(bare) : undefined;
}

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** The URL parser of WHATWG compresses and lower-cases IPv6 as RFC 5952 asks, but for mapped IPv4. */
function canonicalIpv6(text: string): string | undefined {
  const url = `http://[${text}]/`;
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined;
  const ip = new URL(url).hostname.slice(1, -1);
  return ip.replace(MAPPED, (_, high: string, low: string) => `::ffff:${dotted(high)}.${dotted(low)}`);
}

function dotted(group: string): string {
  const bits = Number.parseInt(group, 16);
  return `${bits >> 8}.${bits & 255}`;
}

/** Joins an IP literal in canonical form and a port; IPv6 goes into brackets. */
export function formatAddress(ip: string, port: number): Address {
  return (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`) as Address;
}

/** Reads `ip:port` or `[ip6]:port`; undefined for host names and ports outside 1 to 65535. */
export function parseAddress(text: string): Address | undefined {
  const colon = text.lastIndexOf(':');
  const ip = parseIp(text.slice(0, colon));
  const port = text.slice(colon + 1);
  const bracketed = text.startsWith('[');
  if (colon < 0 || ip === undefined || ip.includes(':') !== bracketed) return undefined;
  return /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535 ? formatAddress(ip, Number(port)) : undefined;
}
