import { Command } from 'commander';
import { compile } from '../core/compile.ts';
import type { Conflict } from '../core/conflict.ts';
import type { PolicyObject } from '../core/policy.ts';
import { type Manifests, readManifests } from '../sources/manifests/read-manifests.ts';
import { objectId } from '../sources/policy/object-id.ts';
import { formatPlace, formatProblem } from '../sources/problems/problem.ts';

/** Where the command writes, and how it tells its exit status. */
export interface ValidateIo {
  readonly print: (line: string) => void;
  readonly exit: (status: number) => void;
}

/** Creates `serin validate`: reads manifests as `serin serve` would and tells what is wrong with them. */
export function validateCommand(io: ValidateIo): Command {
  return new Command('validate')
    .description(
      'check manifests: print every object and every problem, exit with status 1 if there is a problem',
    )
    .argument('<path...>', 'files, and folders whose .yaml, .yml and .json files are read')
    .option('--pool-namespace <namespace>', 'namespace of objects that name none', 'default')
    .action(async (paths: readonly string[], options: { readonly poolNamespace: string }) => {
      const manifests = await readManifests(paths, options.poolNamespace);
      const conflicts = conflictsOf(manifests.objects);
      const problems = [...manifests.problems.map(formatProblem), ...conflicts.map(formatConflict)];
      const lines = [...objectLines(manifests), ...problems, ...poolNotes(manifests.objects)];
      for (const line of [...lines, summary(manifests, problems.length)]) io.print(line);
      io.exit(problems.length > 0 ? 1 : 0);
    });
}

function objectLines({ objects }: Manifests): readonly string[] {
  return objects.map(({ meta }) => `${formatPlace(meta.place)}: ${objectId(meta)}`);
}

function summary({ objects, skipped }: Manifests, problems: number): string {
  const kinds = [...new Set(skipped)].map(
    (kind) => `${kind} ${skipped.filter((other) => other === kind).length}`,
  );
  const unused = kinds.length > 0 ? `; not used: ${kinds.join(', ')}` : '';
  return `objects: ${objects.length}; problems: ${problems}${unused}`;
}

function conflictsOf(objects: readonly PolicyObject[]): readonly Conflict[] {
  const overlay = new Map();
  return compile({ objects, members: [], poolName: undefined, slotOf: () => 0, version: 0, overlay })
    .conflicts;
}

/** A pool may be applied by itself, so that it is not among the manifests is worth a note and no problem. */
function poolNotes(objects: readonly PolicyObject[]): readonly string[] {
  const known = new Set(objects.flatMap((object) => (object.kind === 'pool' ? [object.key] : [])));
  return objects.flatMap((object) => {
    if (object.kind === 'pool' || known.has(object.pool)) return [];
    const where = `${formatPlace(object.meta.place)}: ${objectId(object.meta)}`;
    return [`${where}: note: the InferencePool ${object.pool} is not among these manifests`];
  });
}

function formatConflict({ winner, loser, model }: Conflict): string {
  const { place } = loser;
  return `${formatPlace(place)}: ${objectId(loser)}: ${model} is taken by ${objectId(winner)} at ${formatPlace(winner.place)}`;
}
