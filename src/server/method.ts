import type { GrpcStatus } from './status.ts';
import { StatusCode } from './status.ts';

/** One gRPC call with messages of some type; what lies below is either transport. */
export interface Call<Response> {
  /** Queues a message; nothing happens on a closed call. */
  readonly send: (message: Response) => void;
  /** Ends the call after everything that was sent, with OK if no status is given. */
  readonly end: (status?: GrpcStatus) => void;
  /** The first value of a call metadata key. */
  readonly metadata: (key: string) => string | undefined;
  /** `:authority` of the call itself, not of a request that it may be about. */
  readonly authority: string | undefined;
}

/** What a method does with the events of one call. */
export interface CallHandlers<Request> {
  readonly onMessage: (message: Request) => void;
  /** The peer will send nothing more. */
  readonly onHalfClose: () => void;
  /** Exactly once, whichever way the call ended. */
  readonly onClose: () => void;
}

/** A method's name and the translation of its messages. */
export interface Codec<Request, Response> {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** Undefined if the bytes are no such message. */
  readonly decode: (bytes: Uint8Array) => Request | undefined;
  /** The message as pieces in order, whose memory is not written again. */
  readonly encode: (message: Response) => readonly Uint8Array[];
}

/** A method as a transport mounts it: it carries bytes, and unary methods are calls with one message each way. */
export interface Method {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly accept: (call: Call<readonly Uint8Array[]>) => CallHandlers<Uint8Array>;
}

/** Creates a method from its codec and what accepts its calls. */
export function createMethod<Request, Response>(
  { path, decode, encode }: Codec<Request, Response>,
  accept: (call: Call<Response>) => CallHandlers<Request>,
): Method {
  const unreadable = { code: StatusCode.internal, message: `unreadable message of ${path}` };
  return {
    path,
    accept: (call) => {
      const handlers = accept({
        send: (message) => call.send(encode(message)),
        end: call.end,
        metadata: call.metadata,
        authority: call.authority,
      });
      return {
        onMessage: (bytes) => {
          const message = decode(bytes);
          if (message === undefined) call.end(unreadable);
          else handlers.onMessage(message);
        },
        onHalfClose: handlers.onHalfClose,
        onClose: handlers.onClose,
      };
    },
  };
}
