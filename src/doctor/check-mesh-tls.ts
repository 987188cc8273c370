import type { HostPort } from '../sources/endpoints/host-port.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { DestinationRuleFact, Mesh, TlsSettings } from './mesh.ts';

/** What Serin speaks, and under which names the mesh knows it. */
export interface MeshTlsFacts {
  readonly pickers: readonly HostPort[];
  readonly speaks: 'tls' | 'plaintext';
  /** Whether an authority has signed Serin's certificate, so that it can be checked. */
  readonly signed: boolean;
}

const { ok, fault } = findingsOf('DestinationRule');

const SIMPLE = 'tls: {mode: SIMPLE, insecureSkipVerify: true}';

/** Says whether gateways are told to speak to Serin as Serin speaks. */
export function checkMeshTls(mesh: Mesh, { pickers, ...serin }: MeshTlsFacts): readonly Finding[] {
  const byName = new Map(pickers.map((picker) => [`${picker.host}:${picker.port}`, picker]));
  return [...byName].map(([where, picker]) => checkPicker(where, ruleFor(mesh, picker), serin));
}

interface Applied {
  readonly rule: DestinationRuleFact;
  readonly tls: TlsSettings | undefined;
}

function checkPicker(
  where: string,
  applied: Applied | undefined,
  { speaks, signed }: Omit<MeshTlsFacts, 'pickers'>,
): Finding {
  const named = applied === undefined ? 'no DestinationRule' : `the DestinationRule ${nameOf(applied.rule)}`;
  const told = `${named} has gateways speak`;
  return speaks === 'tls'
    ? checkTls({ where, told }, applied?.tls, signed)
    : checkPlaintext({ where, told }, applied?.tls);
}

interface Words {
  readonly where: string;
  readonly told: string;
}

/** None of these is TLS to Serin itself: mTLS is between the gateway and a sidecar, which passes plaintext on. */
const OF_THE_MESH = ['DISABLE', 'ISTIO_MUTUAL'];

function checkPlaintext({ where, told }: Words, tls: TlsSettings | undefined): Finding {
  const mode = tls?.mode ?? 'no TLS';
  if (tls === undefined || OF_THE_MESH.includes(mode)) {
    return ok(`${told} ${mode} to ${where}, which speaks plaintext`);
  }
  return fault(
    `${told} TLS (${mode}) to ${where}, which speaks plaintext`,
    'take tls out of it, or make it ISTIO_MUTUAL if Serin’s pods have a sidecar, or serve without --secure-serving=false',
  );
}

function checkTls({ where, told }: Words, tls: TlsSettings | undefined, signed: boolean): Finding {
  if (tls === undefined || OF_THE_MESH.includes(tls.mode)) {
    return fault(
      `${told} ${tls?.mode ?? 'no TLS'} to ${where}, which wants TLS of its own`,
      `${SIMPLE} in a DestinationRule for ${where}, or --secure-serving=false`,
    );
  }
  if (tls.skipsVerify || (tls.namesAuthority && signed)) {
    return ok(`${told} TLS (${tls.mode}) to ${where}, as Serin does`);
  }
  return fault(
    `${told} TLS (${tls.mode}) to ${where} and check its certificate, which no authority that they know has signed`,
    `${SIMPLE}, or --cert-path for Serin and caCertificates there`,
  );
}

function nameOf({ namespace, name }: DestinationRuleFact): string {
  return `${namespace}/${name}`;
}

/** The rule with the most exact host; Istio lets what a port has, even if it is no TLS, stand for all of the host's. */
function ruleFor({ destinationRules }: Mesh, { host, port }: HostPort): Applied | undefined {
  const matching = destinationRules.filter((rule) => matches(rule, host));
  const [rule] = matching.toSorted((a, b) => rank(b.host) - rank(a.host));
  return rule && { rule, tls: rule.tlsByPort.has(port) ? rule.tlsByPort.get(port) : rule.tls };
}

function rank(host: string): number {
  return host.startsWith('*') ? host.length : Number.MAX_SAFE_INTEGER;
}

/** A short name is one of the rule's own namespace. */
function matches({ host, namespace }: DestinationRuleFact, service: string): boolean {
  if (host.startsWith('*')) return service.endsWith(host.slice(1));
  const [name, of] = service.split('.');
  return host === service || (host === name && namespace === of) || host === `${name}.${of}`;
}
