import { type Finding, findingsOf } from './finding.ts';
import type { ListenerFact } from './listener.ts';

const { ok, warning, fault } = findingsOf('TLS');

/** Says whether the gRPC port of a running Serin answers, and in the mode that the flags say. */
export function checkListener(listener: ListenerFact, secureServing: boolean): Finding {
  switch (listener.kind) {
    case 'silent':
      return fault(
        `${listener.where}: no gRPC (${listener.problem})`,
        'give the --grpc-port of the running Serin, and let this machine through to it',
      );
    case 'plaintext':
      return secureServing
        ? warning(
            `${listener.where} speaks plaintext, and the flags say TLS`,
            'give the doctor the same --secure-serving as serin serve',
          )
        : ok(`${listener.where} answers in plaintext`);
    case 'tls':
      return secureServing
        ? ok(
            `${listener.where} answers over TLS${listener.selfSigned ? ', with a certificate of its own making' : ''}`,
          )
        : warning(
            `${listener.where} speaks TLS, and the flags say plaintext`,
            'give the doctor the same --secure-serving as serin serve',
          );
  }
}
