import { flag, optional } from './flag.ts';
import { parseBoolean, parseText } from './values.ts';

/** Flags of the certificates of the gRPC port. */
export const TLS_FLAGS = {
  secureServing: flag('secure-serving', parseBoolean, {
    fallback: 'true',
    placeholder: '',
    help: 'TLS on --grpc-port, with a certificate made at the start unless --cert-path is given',
  }),
  certPath: optional('cert-path', parseText, {
    placeholder: 'FOLDER',
    help: 'tls.crt and tls.key, read again when rotated',
  }),
  clientCa: optional('client-ca', parseText, {
    placeholder: 'FILE',
    help: 'PEM; clients of --grpc-port need a certificate of this authority',
  }),
} as const;
