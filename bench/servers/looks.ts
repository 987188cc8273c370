import type { Look } from '../report/svg.ts';
import type { ServerName } from './kinds.ts';

/**
 * How a server looks in plots: a colour for each transport, and dashes for the picker on it; colour-blind readers can
 * tell them apart (the colours of Okabe and Ito).
 */
export const LOOKS: { readonly [server in ServerName]: Look } = {
  native: { colour: '#0072b2', dashed: false },
  'grpc-js': { colour: '#d55e00', dashed: false },
  floor: { colour: '#000000', dashed: false },
  'floor-wide': { colour: '#999999', dashed: false },
  'serin-native': { colour: '#0072b2', dashed: true },
  'serin-grpc-js': { colour: '#d55e00', dashed: true },
  peer: { colour: '#009e73', dashed: true },
};
