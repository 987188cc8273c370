import { type DestinationStream, type Logger, pino } from 'pino';

/** A structured log; never given a prompt or a credential. */
export type Log = Logger;

/** Creates a log at klog's verbosity: 0 errors, 1 warnings, 2 and 3 info, 4 each request, 5 and up debug. */
export function createLog(verbosity: number, destination: DestinationStream): Log {
  return pino(
    {
      level: levelOf(verbosity),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorFields },
    },
    destination,
  );
}

/** No more of an error than this: libraries hang requests and answers on theirs, credentials included. */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, message, stack } = error;
  return { type, message, stack };
}

function levelOf(verbosity: number): string {
  const levels = ['error', 'warn', 'info', 'info', 'debug'];
  return levels[verbosity] ?? 'trace';
}
