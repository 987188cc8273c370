import { describe, expect, it } from 'vitest';
import { parseModels } from '../../../src/sources/scrape/parse-models.ts';

describe('parseModels', () => {
  it('tells adapters, which have a parent, from base models', () => {
    const data = [{ id: 'llama2', parent: null }, { id: 'sql-lora', parent: 'llama2' }, { id: 'other' }];
    expect(parseModels(Buffer.from(JSON.stringify({ object: 'list', data })))).toEqual(
      new Map([
        ['llama2', 'base'],
        ['sql-lora', 'adapter'],
        ['other', 'base'],
      ]),
    );
  });

  it.each(['', '<html>', '{}', '{"data":[{"id":1}]}', '[]'])('takes %j for no list of models', (text) => {
    expect(parseModels(Buffer.from(text))).toBeUndefined();
  });
});
