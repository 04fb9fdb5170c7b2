import { toContainerId } from './container-id.ts';
import { toContainerName } from './container-name.ts';
import { toPodUid } from './pod-uid.ts';

/** What the kernel and kubelet's own names tell of a process, each empty where they do not. */
export interface ContainerFacts {
  readonly containerId: string;
  /** As kubelet knows it: for a static pod the hash of its manifest. */
  readonly podUid: string;
  readonly containerName: string;
}

/**
 * Container and pod of a process from the texts of /proc/PID/cgroup and /proc/PID/mountinfo. Where the cgroup shows no
 * pod (a cgroup namespace whose root is the pod's), the mount table does.
 */
export function containerOf(cgroupText: string, mountinfoText: string): ContainerFacts {
  const podUid = toPodUid(cgroupText);
  const named = toContainerName(mountinfoText, podUid);
  return {
    containerId: toContainerId(cgroupText),
    podUid: podUid === '' ? (named?.podUid ?? '') : podUid,
    containerName: named?.containerName ?? '',
  };
}
