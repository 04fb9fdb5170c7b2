/** Lines and characters of a cgroup file that are looked at; a process can nest its cgroups as it likes. */
const MAX_LINES = 64;
const MAX_PATH_CHARACTERS = 4_096;

/**
 * Paths of a /proc/PID/cgroup (cgroups(7)), the unified hierarchy's first: under a hybrid one the others may be
 * left at the root.
 */
export function cgroupPaths(cgroupText: string): readonly string[] {
  const lines = cgroupText.split('\n', MAX_LINES).map(pathOf);
  return [...lines.filter((line) => line.isUnified), ...lines.filter((line) => !line.isUnified)].map(
    (line) => line.path,
  );
}

function pathOf(line: string): { isUnified: boolean; path: string } {
  const [hierarchy = '', controllers = ''] = line.split(':', 2);
  const from = hierarchy.length + controllers.length + 2;
  return {
    isUnified: hierarchy === '0' && controllers === '',
    path: line.slice(from, from + MAX_PATH_CHARACTERS),
  };
}
