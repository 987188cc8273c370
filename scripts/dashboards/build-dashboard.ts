import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Heatmap, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardName, Panel } from './panel.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's.
const SOURCE = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
const HEIGHT = 8;
const WIDTH = 12;

interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly description: string;
  /** Variables beside the data source, each with the query for its values. */
  readonly variables: readonly (readonly [string, string])[];
}

const WEIGHTS = 'serin_target_weight{kind="wanted"';

const DASHBOARDS: { readonly [name in DashboardName]: Dashboard } = {
  vllm: {
    title: 'vLLM',
    uid: 'serin-vllm',
    description: 'vLLM servers behind Serin, of either generation of metric names.',
    variables: [['model_name', 'label_values(vllm:num_requests_running, model_name)']],
  },
  canary: {
    title: 'Canary',
    uid: 'serin-canary',
    description: 'The targets of one model, side by side.',
    variables: [
      ['namespace', `label_values(${WEIGHTS}}, namespace)`],
      ['pool', `label_values(${WEIGHTS},namespace="$namespace"}, pool)`],
      ['model', `label_values(${WEIGHTS},namespace="$namespace",pool="$pool"}, model)`],
    ],
  },
};

/** The text of a dashboard's JSON file: panels two in a row, in their order. */
export function buildDashboard(name: DashboardName, panels: readonly Panel[]): string {
  const { title, uid, description, variables } = DASHBOARDS[name];
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['serin'])
    .refresh('10s')
    .time({ from: 'now-30m', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('DS_PROMETHEUS').label('datasource').type('prometheus'));
  for (const [variable, query] of variables) {
    builder.withVariable(
      new QueryVariableBuilder(variable)
        .label(variable)
        .datasource(SOURCE)
        .query(query)
        .refresh(VariableRefresh.OnTimeRangeChanged),
    );
  }
  for (const [index, panel] of panels.filter(({ dashboard }) => dashboard === name).entries()) {
    const gridPos = { h: HEIGHT, w: WIDTH, x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT };
    builder.withPanel(
      described(builderOf(panel), panel)
        .id(index + 1)
        .gridPos(gridPos),
    );
  }
  return `${JSON.stringify(builder.build(), undefined, 2)}\n`;
}

type PanelBuilder = Heatmap | Stat | TimeSeries;

function builderOf({ kind, axis = '' }: Panel): PanelBuilder {
  switch (kind) {
    case 'timeseries':
      return new TimeSeries();
    case 'stat':
      return new Stat()
        .graphMode(BigValueGraphMode.Area)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['mean']));
    case 'heatmap':
      return new Heatmap().calculate(false).yAxis(new YAxisConfigBuilder().axisLabel(axis).unit('none'));
  }
}

function described(builder: PanelBuilder, { kind, title, description, unit, queries }: Panel): PanelBuilder {
  builder.title(title).datasource(SOURCE);
  if (description !== undefined) builder.description(description);
  if (unit !== undefined) builder.unit(unit);
  for (const [index, { expr, legend }] of queries.entries()) {
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(SOURCE)
      .expr(expr)
      .legendFormat(legend)
      .range();
    builder.withTarget(kind === 'heatmap' ? target.format(PromQueryFormat.Heatmap) : target);
  }
  return builder;
}
