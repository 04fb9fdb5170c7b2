import { run, runShell } from './command.ts';

/** kind's defaults. */
const podSubnet = '10.244.0.0/16';
const serviceSubnet = '10.96.0.0/16';
const cniFile = '/etc/cni/net.d/10-tomte-e2e.conflist';

export interface ClusterNode {
  readonly name: string;
  /** On kind's bridge. */
  readonly address: string;
  readonly podSubnet: string;
  readonly isControlPlane: boolean;
}

/** A veth pair for each pod, routes between the nodes. Pods see one another's own addresses. */
export async function connectPods(dockerHost: string, nodes: readonly ClusterNode[]): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const others = nodes.filter((other) => other !== node);
      const routes = others.map((other) => `ip route replace ${other.podSubnet} via ${other.address}`);
      const script = [`cat > ${cniFile}`, ...routes, masquerade].join('\n');
      await run('docker', ['-H', dockerHost, 'exec', '-i', node.name, 'sh', '-euc', script], {
        input: cniConfig(node),
      });
    }),
  );
}

/** Only what leaves the cluster gets the node's address. */
const masqueradeRule = `POSTROUTING -s ${podSubnet} ! -d ${podSubnet} -j MASQUERADE`;
const masquerade = `iptables -t nat -C ${masqueradeRule} 2>/dev/null || iptables -t nat -A ${masqueradeRule}`;

function cniConfig(node: ClusterNode): string {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: node.podSubnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: '/run/cni-ipam-state',
  };
  const plugins = [
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  return JSON.stringify({ cniVersion: '0.4.0', name: 'tomte-e2e', plugins });
}

/** Ways from this machine to pods and services; they go with kind's bridge. */
export async function routeFromHost(nodes: readonly ClusterNode[]): Promise<void> {
  const routes = nodes.map((node) => `ip route replace ${node.podSubnet} via ${node.address}`);
  const first = nodes.find((node) => node.isControlPlane);
  if (first !== undefined) routes.push(`ip route replace ${serviceSubnet} via ${first.address}`);
  await runShell(routes.join('\n'));
}
