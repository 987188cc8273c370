import type { Place } from '../core/policy.ts';
import { objectId } from '../sources/policy/object-id.ts';
import { formatPlace, formatProblem } from '../sources/problems/problem.ts';
import type { Finding } from './finding.ts';
import type { Validation } from './validate.ts';

/** How many of the findings are errors. */
export function errorCount({ findings }: Validation): number {
  return findings.filter(({ severity }) => severity === 'error').length;
}

/** Writes a validation for people: objects, findings and a summary, a line each. */
export function textReport(validation: Validation): readonly string[] {
  const { objects, findings } = validation;
  return [
    ...objects.map(({ meta }) => `${formatPlace(meta.place)}: ${objectId(meta)}`),
    ...findings.map(findingLine),
    summary(validation),
  ];
}

function findingLine(finding: Finding): string {
  const { severity, message } = finding;
  return formatProblem({ ...finding, message: severity === 'error' ? message : `${severity}: ${message}` });
}

function summary(validation: Validation): string {
  const kinds = Object.entries(unusedKinds(validation)).map(([kind, count]) => `${kind} ${count}`);
  const unused = kinds.length > 0 ? `; not used: ${kinds.join(', ')}` : '';
  return `objects: ${validation.objects.length}; problems: ${errorCount(validation)}${unused}`;
}

function unusedKinds({ skipped }: Validation): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of skipped) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Writes a validation for programs, as one JSON object. */
export function jsonReport(validation: Validation): string {
  const report = {
    ok: errorCount(validation) === 0,
    objects: validation.objects.map(({ meta: { kind, namespace, name, place } }) => ({
      ...{ kind, namespace, name },
      ...filePlace(place),
    })),
    findings: validation.findings.map(({ severity, place, object, field, message }) => ({
      severity,
      ...filePlace(place),
      ...(object === undefined ? {} : { object }),
      ...(field === '' ? {} : { field }),
      message,
    })),
    notUsed: unusedKinds(validation),
  };
  return JSON.stringify(report, undefined, 2);
}

function filePlace({ source, line, column }: Place): object {
  return line === 0 ? { endpoint: source } : { file: source, line, column };
}
