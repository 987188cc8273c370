import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { setting } from './cluster.ts';

const CONFIG = join(import.meta.dirname, '../../manifests/argocd/argocd-cm.yaml');
const RUNNER = join(import.meta.dirname, 'argocd_health.py');
const { data } = parse(readFileSync(CONFIG, 'utf8')) as { readonly data: Readonly<Record<string, string>> };

function health(script: string | undefined, object: unknown): unknown {
  const python = join(setting('SERIN_VALIDATORS'), 'python');
  const output = execFileSync(python, [RUNNER], {
    input: JSON.stringify({ script, object }),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

function withConditions(...conditions: readonly (readonly [string, string, string])[]) {
  return { status: { conditions: conditions.map(([type, status, message]) => ({ type, status, message })) } };
}

describe('the health that Argo CD shows', () => {
  it('is defined for the objects that Serin writes conditions on', () => {
    expect(Object.keys(data)).toEqual([
      'resource.customizations.health.inference.networking.x-k8s.io_InferenceModel',
      'resource.customizations.health.inference.networking.x-k8s.io_InferenceModelRewrite',
      'resource.customizations.health.llm-d.ai_InferenceModelRewrite',
    ]);
  });

  const [script] = Object.values(data);

  it('is the same for all of them', () => {
    expect(new Set(Object.values(data)).size).toBe(1);
  });

  it.each([
    ['healthy where nobody writes conditions', {}, 'Healthy', ''],
    [
      'healthy while nobody has judged the object',
      withConditions(['Accepted', 'Unknown', 'waiting']),
      'Healthy',
      '',
    ],
    [
      'healthy if it is accepted and served',
      withConditions(['Accepted', 'True', ''], ['TargetsAvailable', 'True', '']),
      'Healthy',
      '',
    ],
    [
      'degraded if it is refused',
      withConditions(['Accepted', 'False', 'the name is taken']),
      'Degraded',
      'the name is taken',
    ],
    [
      'degraded if a target is served by no pod',
      withConditions(['Accepted', 'True', ''], ['TargetsAvailable', 'False', 'no pod serves sql-lora']),
      'Degraded',
      'no pod serves sql-lora',
    ],
  ])('is %s', (_, object, status, message) => {
    expect(health(script, object)).toEqual({ status, message });
  });
});
