/** One panel of a dashboard. */
export interface Panel {
  readonly dashboard: DashboardName;
  readonly kind: 'timeseries' | 'stat' | 'heatmap';
  readonly title: string;
  readonly description?: string;
  /** Grafana's id of a unit. */
  readonly unit?: string;
  /** Of a heatmap, what its rows are. */
  readonly axis?: string;
  readonly queries: readonly [Query, ...Query[]];
}

/** The dashboards that there are. */
export type DashboardName = 'vllm' | 'canary';

/** One query of a panel, in PromQL with Grafana's variables. */
export interface Query {
  readonly legend: string;
  readonly expr: string;
}

/** Creates a query. */
export function query(legend: string, expr: string): Query {
  return { legend, expr };
}

/** Grafana's own name for a legend that it makes of the labels. */
export const AUTO = '__auto';
