import { connect, sensitiveHeaders } from 'node:http2';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { sendHeaders, sendTrailers } from '../../../src/server/http2/send.ts';
import { startNotedServer } from './raw-client.ts';

const field = fc.tuple(
  fc.stringMatching(/^x-[a-z0-9-]{1,40}$/),
  fc.stringMatching(/^[!-~]([ -~]{0,200}[!-~])?$/),
  fc.boolean(),
);
const requests = fc.array(fc.uniqueArray(field, { maxLength: 12, selector: ([name]) => name }), {
  minLength: 1,
  maxLength: 10,
});

test("the fields that Node's client sends arrive, whatever its encoder makes of them", async () => {
  const { port, got } = await startNotedServer({
    onEnd: ({ connection, stream }) => {
      sendHeaders(connection, stream, encodeBlock([[':status', '200']]));
      sendTrailers(connection, stream, encodeBlock([['x-end', 'yes']]));
    },
  });
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());

  async function send(fields: readonly (readonly [string, string, boolean])[]): Promise<unknown> {
    const secret = fields.filter(([, , sensitive]) => sensitive).map(([name]) => name);
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${fields.length}`,
      ...Object.fromEntries(fields),
      [sensitiveHeaders]: secret,
    });
    stream.end();
    stream.resume();
    return await new Promise((resolve, reject) => {
      stream.once('trailers', (trailers) => resolve(trailers['x-end']));
      stream.once('error', reject);
    });
  }

  await fc.assert(
    fc.asyncProperty(requests, async (sent) => {
      const before = got.length;
      for (const fields of sent) expect(await send(fields)).toBe('yes');
      const heads = got.slice(before).map(({ head }) => head);
      expect(heads.map(({ method, path }) => `${method} ${path}`)).toEqual(
        sent.map((fields) => `POST /${fields.length}`),
      );
      expect(heads.map(({ fields }) => fields.map(({ name, value }) => [name, value]))).toEqual(
        sent.map((fields) => fields.map(([name, value]) => [name, value])),
      );
    }),
    { numRuns: 100 },
  );
});
