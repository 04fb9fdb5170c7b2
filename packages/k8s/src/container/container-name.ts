/** Longest mount table that is looked at; each container's volumes and secrets take a line of some 200 bytes. */
const MAX_TEXT_CHARACTERS = 256 * 1024;

/**
 * kubelet makes a file for the message of a container's end in `pods/<uid>/containers/<name>/<8 hex digits>` below its
 * root and mounts it into the container (kuberuntime makeMounts, 1.34). Which folder is before `pods` depends on
 * kubelet's root and on the file system that holds it.
 */
const messageFile =
  /\/pods\/([0-9a-f-]{32,36})\/containers\/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/[0-9a-f]{8}$/;
const DEFAULT_MOUNT_POINT = '/dev/termination-log';

export interface NamedContainer {
  /** As kubelet knows it: see `toPodUid`. */
  readonly podUid: string;
  readonly containerName: string;
}

/**
 * Name of the container of a process from the text of /proc/PID/mountinfo (proc(5): field 4 is the mounted file in
 * its file system, field 5 where it is seen), with no question to the API server. Undefined where there is none:
 * outside of a pod, in pause containers, or where `terminationMessagePath` is empty.
 *
 * A pod may mount such a file of another (hostPath), so `podUid` should be that of the process's cgroup: give it as
 * `expectedPodUid` where it is known.
 */
export function toContainerName(mountinfoText: string, expectedPodUid = ''): NamedContainer | undefined {
  let found: NamedContainer | undefined;
  for (const line of mountinfoText.slice(0, MAX_TEXT_CHARACTERS).split('\n')) {
    const [, , , root = '', mountPoint = ''] = line.split(' ', 5);
    const match = messageFile.exec(root);
    if (match === null) continue;
    const [, podUid = '', containerName = ''] = match;
    if (expectedPodUid !== '' && podUid !== expectedPodUid) continue;
    if (mountPoint === DEFAULT_MOUNT_POINT) return { podUid, containerName };
    found ??= { podUid, containerName };
  }
  return found;
}
