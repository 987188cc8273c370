import { readBodyMode } from './domain-values.ts';
import { flag, optional } from './flag.ts';
import { parseBoolean, parseChoice, parseInteger, parseNumber, parseText } from './values.ts';

/** Flags of how a request is read, routed and sent to a pod. */
export const ROUTING_FLAGS = {
  bodyMode: optional('body-mode', readBodyMode, {
    placeholder: 'MODE',
    help: 'request body mode of data planes that do not announce it',
  }),
  responseBodyMode: optional('response-body-mode', readBodyMode, {
    placeholder: 'MODE',
    help: 'response body mode of data planes that do not announce it',
  }),
  cutThrough: flag('cut-through', parseBoolean, {
    fallback: 'true',
    placeholder: '',
    help: 'in full duplex, send a request on as soon as its model is known; false: only when its whole body is known to be valid',
  }),
  prefixAffinity: flag('prefix-affinity', parseBoolean, {
    fallback: 'true',
    placeholder: '',
    help: 'read how prompts begin, up to 32 KiB, and prefer pods that were lately sent the same for the same target',
  }),
  unknownModel: flag('unknown-model', parseChoice(['reject', 'pass']), {
    fallback: 'reject',
    placeholder: 'reject|pass',
    help: 'a model that neither an object nor a pod knows: 404, or passed on',
  }),
  directModels: flag('direct-models', parseChoice(['all', 'none']), {
    fallback: 'all',
    placeholder: 'all|none',
    help: 'whether adapters and base models may be asked for by their own names',
  }),
  stickySessions: flag('sticky-sessions', parseBoolean, {
    fallback: 'false',
    placeholder: '',
    help: 'requests with the same x-session-id get the same target of a model, from every replica, as long as its weights stay',
  }),
  missingTarget: flag('missing-target', parseChoice(['redistribute', 'fallback', 'fail']), {
    fallback: 'redistribute',
    placeholder: 'redistribute|fallback|fail',
    help: 'requests for a target that no ready pod serves: shared by the other targets, sent to --fallback-target, or refused with 503',
  }),
  fallbackTarget: optional('fallback-target', parseText, {
    placeholder: 'NAME',
    help: 'the adapter or base model that stands in for targets that no ready pod serves',
  }),
  fallbackEndpoints: flag('fallback-endpoints', parseInteger(0, 16), {
    fallback: '0',
    placeholder: 'N',
    help: 'further pods to name for retries; only for data planes with override_host',
  }),
  queueThreshold: flag('queue-threshold', parseInteger(0, 1_000_000), {
    fallback: '5',
    placeholder: 'N',
    help: 'a pod with more requests waiting counts as busy',
  }),
  kvThreshold: flag('kv-threshold', parseNumber(0, 1), {
    fallback: '0.8',
    placeholder: '0..1',
    help: 'a pod with more of its KV cache in use counts as busy',
  }),
} as const;
