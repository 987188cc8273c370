import { readDnsTarget } from './domain-values.ts';
import { repeatable } from './flag.ts';

/** Flags of how replicas find each other. */
export const PEER_FLAGS = {
  peers: repeatable('peers', readDnsTarget, {
    placeholder: 'NAME:PORT',
    help: 'the --metrics-port of all replicas, such as of a headless Service, for figures of all of them on the live page; repeatable',
  }),
} as const;
