import { get } from 'node:http';
import { z } from 'zod';

const listenersSchema = z.object({
  listener_statuses: z.array(
    z.object({
      name: z.string(),
      local_address: z.object({ socket_address: z.object({ port_value: z.number() }) }),
    }),
  ),
});

/** Fetches a page of Envoy's admin interface; `undefined` unless it answers 200. */
export function adminPage(port: number, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => resolve(response.statusCode === 200 ? text : undefined));
      response.once('error', () => resolve(undefined));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}

/** The port that a listener is bound to; `undefined` while it is not. */
export async function listenerPort(adminPort: number, name: string): Promise<number | undefined> {
  const page = await adminPage(adminPort, '/listeners?format=json');
  if (page === undefined) return undefined;
  const { data } = listenersSchema.safeParse(JSON.parse(page));
  return data?.listener_statuses.find((listener) => listener.name === name)?.local_address.socket_address
    .port_value;
}
