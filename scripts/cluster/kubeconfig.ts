import { stringify } from 'yaml';

/** Who talks to which API server. */
export interface Access {
  readonly url: string;
  /** PEM of the authority of the server's certificate. */
  readonly ca: string;
  readonly token: string;
  /** The namespace of commands that name none. */
  readonly namespace: string;
}

/** The text of a kubeconfig with one context. */
export function kubeconfig({ url, ca, token, namespace }: Access): string {
  const name = 'serin-test';
  const authority = Buffer.from(ca).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  });
}
