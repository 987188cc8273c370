import type { FakeVllmOptions } from '../../src/fake-vllm/options.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
import { type Pod, startPod } from './pod.ts';

/** A gateway's options, and those of the pods behind it. */
export interface StackOptions extends GatewayOptions {
  readonly pods?: number;
  readonly fake?: Partial<FakeVllmOptions>;
}

/** Fake pods behind a gateway. */
export interface Stack extends Gateway {
  readonly pods: readonly Pod[];
  /** The body of the last request that reached any pod. */
  readonly lastBodyAtAnyPod: () => Buffer;
}

/** Starts everything on free ports. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const latest: Pod[] = [];
  const pods = await Promise.all(
    Array.from({ length: options.pods ?? 3 }, () =>
      startPod(options.host ?? '127.0.0.1', options.fake ?? {}, (pod) => latest.splice(0, 1, pod)),
    ),
  );
  const gateway = await startGateway(pods, options);
  return {
    ...gateway,
    pods,
    lastBodyAtAnyPod: () => latest[0]?.lastBody() ?? Buffer.alloc(0),
    stop: async () => {
      await gateway.stop();
      await Promise.all(pods.map((pod) => pod.kill()));
    },
  };
}
