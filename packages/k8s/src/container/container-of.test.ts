import { expect, test } from 'vitest';
import { toContainerId } from './container-id.ts';
import { toContainerName } from './container-name.ts';
import { containerOf } from './container-of.ts';
import { toPodUid } from './pod-uid.ts';

const id = 'a1b2c3d4'.repeat(8);
const outer = '0f'.repeat(32);
const uid = '3f0c2a51-7d4e-4b8a-9c11-5e6f7a8b9c0d';
const flat = uid.replaceAll('-', '_');
const other = '11111111-2222-3333-4444-555555555555';
const hash = '0123456789abcdef0123456789abcdef';

test.each([
  ['docker, v1', `12:memory:/docker/${id}\n1:name=systemd:/docker/${id}\n`, id],
  ['docker, systemd, v2', `0::/system.slice/docker-${id}.scope\n`, id],
  [
    'containerd under kubelet, cgroupfs',
    `4:cpu:/kubepods/burstable/pod0a1b2c3d-0000-0000-0000-000000000000/${id}\n`,
    id,
  ],
  [
    'containerd under kubelet, systemd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a.slice/cri-containerd-${id}.scope\n`,
    id,
  ],
  [
    'containerd with the driver in the name',
    `4:cpu:/system.slice/containerd.service/kubepods-besteffort-pod0a.slice:cri-containerd:${id}\n`,
    id,
  ],
  ['CRI-O', `0::/kubepods.slice/kubepods-pod0a.slice/crio-${id}.scope\n`, id],
  ['the monitor of CRI-O is not the container', `0::/kubepods.slice/crio-conmon-${id}.scope\n`, ''],
  ['podman with a payload cgroup', `0::/machine.slice/libpod-${id}.scope/container\n`, id],
  ['a node that is a container', `0::/docker/${outer}/kubelet/kubepods/pod0a/${id}\n`, id],
  ['systemd inside of a container', `0::/docker/${id}/system.slice/nginx.service\n`, id],
  ['hybrid: only v1 tells', `5:memory:/docker/${id}\n0::/\n`, id],
  ['no container', '0::/user.slice/user-1000.slice/session-2.scope\n', ''],
  ['hostile', ':'.repeat(100_000), ''],
])('container id: %s', (_name, text, expected) => {
  expect(toContainerId(text)).toBe(expected);
});

test.each([
  ['cgroupfs, v1', `4:cpu:/kubepods/burstable/pod${uid}/${id}\n`, uid],
  ['cgroupfs, guaranteed, v2', `0::/kubepods/pod${uid}/${id}\n`, uid],
  [
    'systemd, v2',
    `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${flat}.slice/cri-containerd-${id}.scope\n`,
    uid,
  ],
  [
    'systemd, guaranteed, CRI-O',
    `0::/kubepods.slice/kubepods-pod${flat}.slice/crio-${id}.scope/container\n`,
    uid,
  ],
  ['systemd, Docker', `0::/kubepods.slice/kubepods-pod${flat}.slice/docker-${id}.scope\n`, uid],
  [
    'kind, below the node container',
    `11:cpu:/docker/${outer}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${flat}.slice/cri-containerd-${id}.scope\n`,
    uid,
  ],
  [
    'containerd with the driver in the name',
    `4:cpu:/system.slice/containerd.service/kubepods-besteffort-pod${flat}.slice:cri-containerd:${id}\n`,
    uid,
  ],
  ['static pod', `0::/kubepods/burstable/pod${hash}/${id}\n`, hash],
  [
    'static pod, systemd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${hash}.slice/cri-containerd-${id}.scope\n`,
    hash,
  ],
  [
    'a cluster in a pod: the innermost',
    `0::/kubepods/pod${other}/${outer}/kubelet/kubepods/burstable/pod${uid}/${id}\n`,
    uid,
  ],
  ['hybrid: only v1 tells', `5:memory:/kubepods/pod${uid}/${id}\n0::/\n`, uid],
  ['the pod itself, before its container', `0::/kubepods/pod${uid}\n`, uid],
  ['Docker alone', `0::/system.slice/docker-${id}.scope\n`, ''],
  ['a folder that is named like a pod', `0::/user.slice/pod${uid}\n`, ''],
  ['no uid', '0::/kubepods/burstable/podinfo/x\n', ''],
  ['hostile', `0::/kubepods${'/pod'.repeat(200_000)}`, ''],
])('pod uid: %s', (_name, text, expected) => {
  expect(toPodUid(text)).toBe(expected);
});

const mount = (root: string, at: string): string =>
  `1203 1190 254:1 ${root} ${at} rw,relatime - ext4 /dev/vda1 rw\n`;
const messages = (pod: string, name: string): string =>
  `/var/lib/kubelet/pods/${pod}/containers/${name}/0a1b2c3d`;

test.each([
  [
    'kubelet on the root file system',
    mount(messages(uid, 'web'), '/dev/termination-log'),
    { podUid: uid, containerName: 'web' },
  ],
  [
    'kind: /var is a volume',
    mount(
      `/docker/volumes/${outer}/_data/lib/kubelet/pods/${uid}/containers/web/0a1b2c3d`,
      '/dev/termination-log',
    ),
    { podUid: uid, containerName: 'web' },
  ],
  [
    'another terminationMessagePath',
    mount(messages(uid, 'web'), '/tmp/why'),
    { podUid: uid, containerName: 'web' },
  ],
  [
    'static pod',
    mount(messages(hash, 'etcd'), '/dev/termination-log'),
    { podUid: hash, containerName: 'etcd' },
  ],
  ['no pod', mount('/', '/'), undefined],
  [
    'a volume of the pod',
    mount(`/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/a`, '/a'),
    undefined,
  ],
  ['hostile', `${'/pods/'.repeat(100_000)} ${' '.repeat(100_000)}`, undefined],
])('container name: %s', (_name, text, expected) => {
  expect(toContainerName(text)).toEqual(expected);
});

test("another pod's message file, mounted by hostPath, does not name the container", () => {
  const text = mount(messages(other, 'spy'), '/dev/termination-log') + mount(messages(uid, 'web'), '/end');
  expect(containerOf(`0::/kubepods/pod${uid}/${id}\n`, text)).toEqual({
    containerId: id,
    podUid: uid,
    containerName: 'web',
  });
});

test('where the cgroup is the root of its namespace, the mount table tells the pod', () => {
  const text = mount(messages(uid, 'web'), '/dev/termination-log');
  expect(containerOf('0::/\n', text)).toEqual({ containerId: '', podUid: uid, containerName: 'web' });
});
