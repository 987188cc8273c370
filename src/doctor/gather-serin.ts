import { fetchPage, jsonOf } from '../client/fetch-page.ts';
import { type HostPort, hostPort } from '../sources/endpoints/host-port.ts';
import type { SerinFacts } from './check-serin.ts';

/** Reads the pages of a running Serin. */
export async function gatherSerin(at: HostPort, signal: AbortSignal): Promise<SerinFacts> {
  const where = hostPort(at);
  const [metrics, readyz] = await Promise.all([
    fetchPage(at, '/metrics', { signal }),
    fetchPage(at, '/readyz', { signal }),
  ]);
  if (metrics.kind === 'failed') return { kind: 'silent', where, problem: metrics.problem };
  if (readyz.kind === 'failed') return { kind: 'silent', where, problem: readyz.problem };
  if (metrics.status !== 200) return { kind: 'silent', where, problem: `/metrics answers ${metrics.status}` };
  return { kind: 'answers', where, readyz: jsonOf(readyz.body), metrics: metrics.body };
}
