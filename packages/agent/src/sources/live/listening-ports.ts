import { readFileSync } from 'node:fs';

/** One network namespace's list is read again at most so often. */
const KEEP_NS = 1e9;
/** State column of /proc/net/tcp (include/net/tcp_states.h). */
const TCP_LISTEN = '0A';
const NAMESPACES_MAX = 1024;

function readPorts(path: string): number[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n').slice(1);
    return lines.flatMap((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === TCP_LISTEN && local !== undefined ? [parseInt(local.split(':')[1] ?? '', 16)] : [];
    });
  } catch {
    return [];
  }
}

/** Which local ports are listened on: tells the server's end of a connection that is older than the agent. */
export class ListeningPorts {
  readonly #byNamespace = new Map<number, { readonly atNs: number; readonly ports: ReadonlySet<number> }>();

  isListening(networkNamespace: number, pid: number, port: number, atNs: number): boolean {
    const known = this.#byNamespace.get(networkNamespace);
    if (known !== undefined && atNs - known.atNs < KEEP_NS) return known.ports.has(port);
    const folder = `/proc/${String(pid)}/net`;
    const ports = new Set([...readPorts(`${folder}/tcp`), ...readPorts(`${folder}/tcp6`)]);
    if (this.#byNamespace.size >= NAMESPACES_MAX) this.#byNamespace.clear();
    this.#byNamespace.set(networkNamespace, { atNs, ports });
    return ports.has(port);
  }
}
