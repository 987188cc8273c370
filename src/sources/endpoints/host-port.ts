/** A host name or IP literal (IPv6 without brackets) and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const HOST_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]\s]+)):(?<port>\d{1,5})$/;

/** Splits `host:port` or `[ipv6]:port`; `undefined` if the text is neither or the port is not 1 to 65535. */
export function splitHostPort(text: string): HostPort | undefined {
  const groups = HOST_PORT.exec(text)?.groups;
  const host = groups?.bracketed ?? groups?.plain;
  const port = Number(groups?.port);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Writes a host and a port as URLs have them. */
export function hostPort({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
