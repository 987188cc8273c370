import { readDocuments } from '../../../src/sources/files/documents.ts';
import { type Translation, translate } from '../../../src/sources/policy/translate.ts';
import { formatProblem } from '../../../src/sources/problems/problem.ts';

/** Translates the only document of a manifest named `m.yaml`. */
export function translateYaml(text: string): Translation {
  const [document] = readDocuments('m.yaml', text);
  if (document?.kind !== 'value') throw new Error('the text is not one YAML document');
  return translate(document, 'default');
}

/** The object of a manifest that is valid. */
export function objectOf(text: string) {
  const outcome = translateYaml(text);
  return outcome.kind === 'ok' ? outcome.object : outcome;
}

/** The problems of a manifest as `serin validate` writes them. */
export function problemsOf(text: string): readonly string[] {
  const outcome = translateYaml(text);
  return outcome.kind === 'invalid' ? outcome.problems.map(formatProblem) : [];
}
