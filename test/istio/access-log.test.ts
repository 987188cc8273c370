import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedModel } from '../e2e/client.ts';
import { sumOf } from '../e2e/serin.ts';
import { kubectl, manifests } from '../node/kubectl.ts';
import { TAKEN } from './cases/taken.ts';
import { type Subject, wireUp } from './subject.ts';
import { WITHOUT_METRICS } from './telemetry.ts';
import type { Wiring } from './wiring.ts';
import { wiringOf } from './wirings.ts';

/** Where the replicas of Serin tell their metrics. */
async function replicas(): Promise<readonly string[]> {
  const path = 'jsonpath={range .items[*]}{.status.podIP}{"\\n"}{end}';
  const addresses = (await kubectl('get', 'pods', '-l', 'app=serin', '-o', path)).split('\n').filter(Boolean);
  return addresses.map((address) => `http://${address}:9090/metrics`);
}

/** What they have counted together: any of them may take the gateway's log. */
async function counted(urls: readonly string[]): Promise<readonly number[]> {
  // One on its way out may be gone, with what it had counted of the tests before.
  const pages = urls.map((url) =>
    fetch(url).then(
      (page) => page.text(),
      () => '',
    ),
  );
  const all = await Promise.all(pages);
  return FIGURES.map((series) => all.reduce((sum, page) => sum + sumOf(page, series), 0));
}

const FIGURES = [
  'serin_access_log_entries_total{result="recorded"}',
  'serin_responses_total',
  'serin_completion_tokens_total',
];

/** Twice the time after which the gateway sends what it has. */
const SETTLED_MS = 2_000;

/** What is counted when all that was sent while the gateway was made is told. */
async function settled(urls: readonly string[]): Promise<readonly number[]> {
  let last: readonly number[] = [];
  const isUnchanged = async () => {
    const before = last;
    last = await counted(urls);
    return last.join() === before.join();
  };
  await expect.poll(isUnchanged, { interval: SETTLED_MS }).toBe(true);
  return last;
}

/** Serin counts each answer of the gateway once, with its tokens. */
async function told({ client }: Subject) {
  const urls = await replicas();
  const before = await settled(urls);
  const whole = await client.complete('lora-request', { max_tokens: 7 });
  const events = await client.complete('lora-request', {
    ...{ max_tokens: 5, stream: true, stream_options: { include_usage: true } },
  });
  expect([whole.status, events.status, events.body.includes('"usage":{')]).toEqual([200, 200, true]);
  const since = async () => (await counted(urls)).map((figure, index) => figure - (before[index] ?? 0));
  await expect.poll(since).toEqual([2, 2, 12]);
}

function describeWiring(title: string, wiring: Wiring, tests: (subject: () => Subject) => void): void {
  describe(title, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await wireUp(wiring);
    });
    afterAll(() => subject.remove());
    it('tells Serin what became of requests, and their tokens, without their bodies', () => told(subject));
    tests(() => subject);
    it(TAKEN.title, () => TAKEN.run(subject));
  });
}

describeWiring(
  'manifests/istio/components/access-log',
  { ...wiringOf('envoyfilter'), components: ['access-log'], serin: ['access-log'] },
  () => undefined,
);

describeWiring(
  'manifests/istio/components/access-log-gateway-api and telemetry-gateway-api',
  {
    ...wiringOf('gateway-api'),
    ...{ components: ['access-log-gateway-api', 'telemetry-gateway-api'], serin: ['access-log'] },
    patches: [WITHOUT_METRICS],
  },
  (subject) => {
    /** The gateway's log of one request more. */
    async function logged() {
      const { gateway, client } = subject();
      const before = (await gateway.accessLog()).length;
      const answer = await client.complete('lora-request');
      const after = async () => (await gateway.accessLog()).slice(before);
      await expect.poll(after).toHaveLength(1);
      return { target: servedModel(answer), entry: (await after())[0] };
    }

    it('labels the request by the decision in the one namespace that Istio lets through', async () => {
      const { target, entry } = await logged();
      expect([entry?.status, entry?.model_label]).toEqual([200, target]);
    });

    it('names all of the decision beside gateway-api-override', async () => {
      await kubectl('apply', '-f', manifests('istio/gateway-api-override/override.yaml'));
      await expect.poll(async () => (await logged()).entry?.model).toBe('lora-request');
      const { target, entry } = await logged();
      expect(entry).toMatchObject({ status: 200, target, route: 'weighted', model_label: target });
      expect(entry?.pod).toBe(entry?.upstream);
      await told(subject());
      await kubectl('delete', '-f', manifests('istio/gateway-api-override/override.yaml'));
    });
  },
);
