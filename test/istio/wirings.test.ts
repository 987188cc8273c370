import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Subject, wireUp } from './subject.ts';
import { WIRINGS } from './wirings.ts';

describe.each(WIRINGS)('manifests/istio/$title', (wiring) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await wireUp(wiring);
  });
  afterAll(() => subject.remove());

  it.each(wiring.cases)('$title', ({ run }) => run(subject));
});
