import { DEMO_HOST, DEMO_REQUEST } from './completions.ts';

/** The scenario's own curl line, for the demo's Envoy. */
export function curlLine(port: number): string {
  const { model, prompt, max_tokens, temperature } = DEMO_REQUEST;
  return `\
curl -H "host: ${DEMO_HOST}" 127.0.0.1:${port}/v1/completions \\
  -H 'Content-Type: application/json' \\
  -d '{
    "model": "${model}",
    "prompt": "${prompt}",
    "max_tokens": ${max_tokens},
    "temperature": ${temperature}
  }' -v`;
}
