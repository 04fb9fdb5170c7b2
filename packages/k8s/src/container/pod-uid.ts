import { cgroupPaths } from './cgroup-paths.ts';

/**
 * The cgroup of a pod under kubelet: `pod<uid>` with the cgroupfs driver, `…-pod<uid with _ for ->.slice` with
 * systemd's, which containerd may follow with `:cri-containerd:<id>`. The uid of a static pod is the hash of its
 * manifest, 32 digits.
 */
const podSegment =
  /(?:^|-)pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?:$|:)/;
/** kubelet puts every pod below a cgroup of this name, whichever root it was given. */
const PODS_ROOT = 'kubepods';

/**
 * Uid of the pod of a process, as kubelet knows it, from the text of /proc/PID/cgroup: a UUID, or for a static pod
 * the hash that its mirror pod carries as `kubernetes.io/config.hash`. Empty outside of a pod. The innermost pod
 * where they nest. A pod's pause container is in the pod too.
 */
export function toPodUid(cgroupText: string): string {
  for (const path of cgroupPaths(cgroupText)) {
    if (!path.includes(PODS_ROOT)) continue;
    const segments = path.split('/');
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      const uid = podSegment.exec(segments[index] ?? '')?.[1];
      if (uid !== undefined) return uid.replaceAll('_', '-');
    }
  }
  return '';
}
