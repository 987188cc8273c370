import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../docker/shell.ts';
import { NODE_ADDRESS, POD_RANGE } from './settings.ts';

const BRIDGE = 'cni0';

/** What the container runtime does for each pod: a leg on the bridge, an address, and ports of the node. */
const PLUGINS = {
  cniVersion: '0.4.0',
  name: 'serin',
  plugins: [
    {
      type: 'bridge',
      bridge: BRIDGE,
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: 'host-local', subnet: POD_RANGE, gateway: NODE_ADDRESS, routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** Gives this network namespace, which is empty, the node's bridge; writes the runtime's network config. */
export async function setUpNetwork(shell: Shell, folder: string): Promise<void> {
  const ip = (command: string) => shell.run('ip', command.split(' '));
  await ip('link set lo up');
  await ip(`link add ${BRIDGE} type bridge`);
  await ip(`addr add ${NODE_ADDRESS}/24 dev ${BRIDGE}`);
  await ip(`link set ${BRIDGE} up`);
  // There is no way out. Addresses of Services need a route all the same, or connecting fails before they are
  // translated.
  await ip(`route add default dev ${BRIDGE}`);
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  // Translations of Service addresses apply between pods of the same bridge too.
  await writeFile('/proc/sys/net/bridge/bridge-nf-call-iptables', '1');
  await mkdir(join(folder, 'cni'));
  await writeFile(join(folder, 'cni', '10-serin.conflist'), JSON.stringify(PLUGINS));
}
