// `setup-cluster.mjs [--workloads-only]`: the Debian packages of the tests' kind cluster; `pnpm e2e up` runs it.
import {
  clusterPackages,
  installPackages,
  missingPackages,
  workloadPackages,
} from './setup/debian-packages.mjs';
import { withLock } from './setup/lock.mjs';
import { SetupProblem } from './setup/problem.mjs';
import { logTail, say } from './setup/progress.mjs';

const wanted = process.argv.includes('--workloads-only') ? workloadPackages : clusterPackages;

try {
  const missing = missingPackages(wanted);
  if (missing.length > 0) await withLock(() => installPackages(missing));
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  say(`${logTail()}\n${error.toLine()}`);
  process.exitCode = 1;
}
