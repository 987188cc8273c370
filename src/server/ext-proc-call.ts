import type { WireRequest, WireResponse } from '../extproc/wire.ts';
import type { Call, CallHandlers } from './method.ts';

/** One ext_proc stream as the stream adapter sees it. */
export type ExtProcCall = Call<WireResponse>;

/** What the stream adapter does with the events of its call. */
export type ExtProcHandlers = CallHandlers<WireRequest>;

/** Accepts a call and returns what handles its events. */
export type ExtProcService = (call: ExtProcCall) => ExtProcHandlers;
