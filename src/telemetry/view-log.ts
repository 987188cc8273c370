import type { ClusterView, KindView } from '../sources/kubernetes/cluster-view.ts';
import type { Log } from './log.ts';

/** Creates what tells each news of a cluster once: a kind in another state, discovery that fails or answers. */
export function createViewLog(log: Pick<Log, 'info' | 'warn'>): (view: ClusterView) => void {
  const told = new Map<string, string>();
  /** A view that only begins is no news. */
  function isNews(name: string, state: string): boolean {
    const before = told.get(name) ?? BEGINNING;
    told.set(name, state);
    return before !== state;
  }
  return ({ kinds, discovery }) => {
    const looks = discovery === undefined ? BEGINNING : 'failing';
    if (isNews('discovery', looks)) tellDiscovery(log, discovery);
    for (const each of kinds) if (isNews(nameOf(each), stateOf(each))) tellKind(log, each);
  };
}

const BEGINNING = 'syncing';

function nameOf({ kind, group, namespace }: KindView): string {
  return JSON.stringify([kind, group, namespace]);
}

function stateOf({ state }: KindView): string {
  return state.kind === 'syncing' && state.problem !== undefined ? 'failing' : state.kind;
}

function tellDiscovery(log: Pick<Log, 'info' | 'warn'>, trouble: ClusterView['discovery']): void {
  if (trouble === undefined) log.info('the API server tells its kinds again');
  else log.warn({ problem: trouble.problem }, 'the API server does not tell its kinds');
}

function tellKind(log: Pick<Log, 'info' | 'warn'>, { kind, group, namespace, state }: KindView): void {
  const problem = 'problem' in state ? state.problem : undefined;
  const level = problem !== undefined || state.kind === 'forbidden' ? 'warn' : 'info';
  log[level]({ kind, group, namespace, state: state.kind, problem }, 'watch');
}
