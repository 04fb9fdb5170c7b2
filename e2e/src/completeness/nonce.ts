/** The nonce that every request of the workloads carries in its query; empty without one. */
export function nonceOf(target: string): string {
  return /[?&]n=([^&]+)/.exec(target)?.[1] ?? '';
}
