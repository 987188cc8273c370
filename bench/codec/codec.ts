import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { type CodecRow, measureCodec } from './measure.ts';

const HEAD = ['message', 'bytes', 'Serin µs', 'protobufjs µs', 'Serin by protobufjs'];

/** Serin's reading and writing of ext_proc messages against the code that protobufjs generates. */
export const benchCodec = createMicro({
  name: 'codec',
  measure: measureCodec,
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 1),
});

function cells({ message, bytes, us, floorUs, ratio }: CodecRow): readonly string[] {
  return [message, `${bytes}`, us.toFixed(3), floorUs.toFixed(3), formatNumber(ratio)];
}
