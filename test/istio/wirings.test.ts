import { afterAll, beforeAll, describe, it } from 'vitest';
import { DISTURBANCES } from './cases/disturbances.ts';
import { REQUESTS } from './cases/requests.ts';
import { SPLIT } from './cases/split.ts';
import { type Subject, wireUp } from './subject.ts';
import { WIRINGS } from './wirings.ts';

const CASES = [...REQUESTS, ...SPLIT, ...DISTURBANCES];

describe.each(WIRINGS)('manifests/istio/$name', (wiring) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await wireUp(wiring);
  });
  afterAll(() => subject.remove());

  it.each(CASES)('$title', ({ run }) => run(subject));
});
