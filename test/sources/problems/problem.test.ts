import { expect, test } from 'vitest';
import { formatField, formatProblem } from '../../../src/sources/problems/problem.ts';

const place = { source: 'dir/a.yaml', line: 12, column: 5 };

test('writes a field as users know it from kubectl', () => {
  expect(formatField([])).toBe('');
  expect(formatField(['spec', 'targetModels', 1, 'weight'])).toBe('spec.targetModels[1].weight');
});

test('writes a problem as file:line:column: field: message', () => {
  const problem = { place, object: undefined, field: 'spec.modelName', message: 'is required' };
  expect(formatProblem(problem)).toBe('dir/a.yaml:12:5: spec.modelName: is required');
  expect(formatProblem({ ...problem, field: '' })).toBe('dir/a.yaml:12:5: is required');
});
