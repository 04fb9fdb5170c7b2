import { cgroupPaths } from './cgroup-paths.ts';

/** Helpers beside a container, in cgroups named after it. */
const monitors = /(?:^|[-:])(?:crio-conmon|libpod-conmon|conmon)-/;
/** 64 hexadecimal digits, alone or behind the runtime's name, as a scope or not. */
const longId = /(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$/;
/** Tasks of Amazon's Fargate. */
const taskId = /^([0-9a-f]{32}-\d{6,12})$/;

/**
 * Container of a process from the text of /proc/PID/cgroup (cgroups(7)); empty outside of one. Knows the
 * names that Docker, containerd, CRI-O and Podman give under the cgroupfs and the systemd driver, in
 * cgroup v1, v2 and hybrid, and takes the innermost where they nest (nodes that are containers).
 */
export function toContainerId(cgroupText: string): string {
  for (const path of cgroupPaths(cgroupText)) {
    const id = findInPath(path);
    if (id !== '') return id;
  }
  return '';
}

function findInPath(path: string): string {
  const segments = path.split('/');
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index] ?? '';
    if (monitors.test(segment)) continue;
    const id = longId.exec(segment)?.[1] ?? taskId.exec(segment)?.[1];
    if (id !== undefined) return id;
  }
  return '';
}
