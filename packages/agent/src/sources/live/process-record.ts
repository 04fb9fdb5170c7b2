import type { ExecEvent, ExitEvent } from '@tomte/bpf-host';
import { toContainerId, toPodUid } from '@tomte/k8s';
import type { ProcessEvent } from '../source.ts';
import { commandLineText, containerIdOf, executableOf, startWallNs } from './process-scan.ts';

const SIGNAL_MASK = 0x7f;
const STATUS_MASK = 0xff;

/** /proc names the executable by its whole path, when the process is still there; else what execve was given. */
export function toExecEvent(record: ExecEvent, bootWallNs: bigint): ProcessEvent {
  const given = Buffer.from(record.filename.subarray(0, record.filenameBytes)).toString('utf8');
  return {
    kind: 'exec',
    atNs: record.at,
    pid: record.pid,
    parentPid: record.parentPid,
    startWallNs: startWallNs(bootWallNs, BigInt(record.startBoottimeNs)),
    executable: executableOf(record.pid) ?? given,
    commandLine: commandLineText(record.arguments.subarray(0, record.argumentsBytes)),
    containerId: containerIdOf(record.pid) || toContainerId(cgroupInKernel(record)),
    podUid: toPodUid(cgroupInKernel(record)),
    exitCode: undefined,
    exitSignal: undefined,
  };
}

/** A process that has ended by now has no cgroup file: what the kernel saw when it began tells. */
function cgroupInKernel(record: ExecEvent): string {
  const own = Buffer.from(record.cgroupName.subarray(0, record.cgroupNameBytes)).toString('utf8');
  const above = Buffer.from(record.cgroupParentName.subarray(0, record.cgroupParentNameBytes)).toString(
    'utf8',
  );
  return `0::/kubepods/${above}/${own}`; // With kubelet's driver cgroupfs only a folder further up says whose pod it is.
}

/** wait(2): the low seven bits are the signal that killed it, the next byte its status. */
export function toExitEvent(record: ExitEvent, bootWallNs: bigint): ProcessEvent {
  const signal = record.exitCode & SIGNAL_MASK;
  return {
    kind: 'exit',
    atNs: record.at,
    pid: record.pid,
    parentPid: record.parentPid,
    startWallNs: startWallNs(bootWallNs, BigInt(record.startBoottimeNs)),
    executable: '',
    commandLine: '',
    containerId: '',
    exitCode: signal === 0 ? (record.exitCode >> 8) & STATUS_MASK : undefined,
    exitSignal: signal === 0 ? undefined : signal,
  };
}
