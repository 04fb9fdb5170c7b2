// The process that is the embedded ClickHouse: `node server-process.ts LIBRARY PARENT_PID ARGUMENT…`.
// Its own process, so that a crash or a kill hits the server alone.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const [libraryPath = '', parentPid = '', ...clickhouseArguments] = process.argv.slice(2);

interface ServerLibrary {
  readonly chdb_query_cmdline: {
    async(count: number, argv: Buffer, done: (error: Error | null, result: Buffer) => void): void;
  };
  chdb_result_error(result: Buffer): string | null;
}

/** The kernel ends this process with its parent, whatever way that one dies. The data survive it. */
function dieWithParent(): void {
  const { prctl } = ffi.Library(null, { prctl: ['int', ['int', 'ulong', 'ulong', 'ulong', 'ulong']] });
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (process.ppid !== Number(parentPid)) process.exit(1);
}

/** char *argv[], ended by a null pointer. */
function toArgv(values: readonly string[]): { readonly argv: Buffer; readonly kept: readonly Buffer[] } {
  const kept = values.map((value) => Buffer.from(`${value}\0`));
  const argv = Buffer.alloc((kept.length + 1) * 8);
  kept.forEach((text, index) => ref.writePointer(argv, index * 8, text));
  return { argv, kept };
}

function run(): void {
  const library = ffi.Library(libraryPath, {
    chdb_query_cmdline: ['pointer', ['int', 'pointer']],
    chdb_result_error: ['string', ['pointer']],
  }) as unknown as ServerLibrary; // Proof: the signatures above; ffi-napi takes and gives Buffers as pointers.
  const { argv, kept } = toArgv(clickhouseArguments);
  // On libuv's pool: ClickHouse needs a thread with an ordinary stack. It returns when the server stops.
  library.chdb_query_cmdline.async(kept.length, argv, (error: Error | null, result: Buffer) => {
    const message = error?.message ?? library.chdb_result_error(result);
    if (message !== null && message !== '') process.stderr.write(`${message}\n`);
    process.exit(message === null || message === '' ? 0 : 1);
  });
}

// Ctrl-C in a terminal reaches the whole process group: stopping is the parent's business.
process.on('SIGINT', () => undefined);
if (process.platform === 'linux') dieWithParent();
run();
