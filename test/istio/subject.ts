import { type Answer, type Client, createClient } from '../e2e/client.ts';
import { GATEWAY_PORT, type GatewayPod, startGatewayPod } from './gateway-pod.ts';
import { applyWiring, deleteWiring, type Wiring } from './wiring.ts';

/** A wiring that istiod has programmed into a gateway. */
export interface Subject {
  readonly wiring: Wiring;
  readonly gateway: GatewayPod;
  readonly client: Client;
  readonly remove: () => Promise<void>;
}

/** One thing that has to be so behind each wiring. */
export interface Case {
  /** A fact, after the wiring's name. */
  readonly title: string;
  readonly run: (subject: Subject) => Promise<void>;
}

const START_MS = 60_000;
const POLL_MS = 100;

/** Waits until the answers of a model are as they should be: changes take moments to get everywhere. */
export async function untilAnswer(client: Client, isWanted: (answer: Answer) => boolean): Promise<void> {
  const deadline = Date.now() + START_MS;
  let last = 'none';
  while (Date.now() < deadline) {
    const answer = await client.complete('lora-request').catch(() => undefined);
    if (answer !== undefined && isWanted(answer)) return;
    last = answer === undefined ? 'none' : `${answer.status} ${answer.body}`;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`in a minute no answer as it should be; the last was ${last}`);
}

/** Applies a wiring and runs a gateway of its own for it; resolves once a model answers through it. */
export async function wireUp(wiring: Wiring): Promise<Subject> {
  await applyWiring(wiring);
  const gateway = await startGatewayPod(wiring.gateway);
  const client = createClient(GATEWAY_PORT, { host: gateway.address });
  await untilAnswer(client, ({ status }) => status === 200);
  return {
    wiring,
    gateway,
    client,
    remove: async () => {
      client.close();
      await gateway.remove();
      await deleteWiring(wiring);
    },
  };
}
