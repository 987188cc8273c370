import { connect } from 'node:http2';
import { GATEWAY_PORT } from '../gateway-pod.ts';

/** Posts a body over HTTP/2 with trailers after it; gives the status of the answer. */
export function postWithTrailers(host: string, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const session = connect(`http://${host}:${GATEWAY_PORT}`);
  session.once('error', reject);
  const request = session.request(
    {
      ':method': 'POST',
      ':path': '/v1/completions',
      ':authority': 'test.com',
      'content-type': 'application/json',
    },
    { endStream: false, waitForTrailers: true },
  );
  request.once('wantTrailers', () => request.sendTrailers({ 'x-checksum': 'abc' }));
  request.once('error', reject);
  request.once('response', (headers) => {
    request.resume();
    request.once('end', () => {
      session.close();
      resolve(headers[':status'] ?? 0);
    });
  });
  request.end(body);
  return promise;
}
