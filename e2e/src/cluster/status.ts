import { clusterName, cacheFolder } from './places.ts';
import { isUp, kubectlOf, readNodes, readState } from './state.ts';

/** What `pnpm e2e status` says. */
export async function status(isJson: boolean): Promise<string> {
  const state = readState();
  if (state === undefined || !(await isUp(state))) {
    return isJson ? JSON.stringify({ isUp: false, cacheFolder }) : `The cluster ${clusterName} is not up.`;
  }
  const nodes = await readNodes(kubectlOf(state));
  if (isJson) return JSON.stringify({ isUp: true, ...state, nodes, cacheFolder });
  const ready = nodes.map((node) => `${node.name} (${node.isReady ? 'ready' : 'not ready'})`).join(', ');
  return [
    `The cluster ${clusterName} is up: ${ready}.`,
    `  kubeconfig  ${state.kubeconfig}`,
    `  kubectl     ${state.kubectl}`,
    `  helm        ${state.helm}`,
    `  Docker      ${state.dockerHost}${state.isDockerOurs ? ', our own' : ''}`,
    `  cache       ${cacheFolder}`,
  ].join('\n');
}
