import type { HostPort } from '../sources/endpoints/host-port.ts';
import { clusterScope, type SourceFlags } from './cluster-scope.ts';

/** What flags say about the port for people. */
export interface AdminPortFlags extends SourceFlags {
  readonly adminAddress: HostPort | undefined;
  readonly adminAuth: 'none' | 'token';
}

/** Within reach of `kubectl port-forward`, which nobody uses without rights, and of nothing else. */
const DEFAULT: HostPort = { host: '127.0.0.1', port: 9091 };

/** Where `/debug/…` is; undefined on a machine of one's own, where the metrics port has it as well. */
export function adminPort(flags: AdminPortFlags): HostPort | undefined {
  if (flags.adminAddress !== undefined) return flags.adminAddress;
  return clusterScope(flags) === undefined && flags.adminAuth === 'none' ? undefined : DEFAULT;
}

/** An address that others can reach and that asks for no token is refused. */
export function adminProblems({ adminAddress, adminAuth }: AdminPortFlags): readonly string[] {
  if (adminAddress === undefined || adminAuth === 'token' || isLoopback(adminAddress.host)) return [];
  return [`--admin-address: ${adminAddress.host} is not loopback, so it needs --admin-auth=token`];
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./.test(ip);
}
