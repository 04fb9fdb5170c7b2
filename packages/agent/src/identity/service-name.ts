/** Programs whose own name says nothing of the service: the script, jar or module does. */
const interpreters =
  /^(?:python|pypy|node|nodejs|ruby|php|php-fpm|perl|java|bun|deno|dotnet|sh|bash|dash)[\d.]*$/;
/** Options of those that take the next argument as their value. */
const optionsWithValue = new Set([
  '-r',
  '--require',
  '--import',
  '-W',
  '-X',
  '-I',
  '-C',
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
]);
/** Options that run code given on the command line: there is no file to name the service after. */
const inlineCode = new Set(['-c', '-e', '--eval', '-']);
const MAX_NAME_CHARACTERS = 128;

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Name of the service that a process is, where nothing better is known: the base name of its
 * executable; for interpreters that of the script, jar, class or `-m` module that they run.
 * `python3 -m http.server` is `http.server`, `java -jar /app/shop.jar` is `shop`, `node dist/cart.js` is `cart`.
 * A process whose title was rewritten (`nginx: worker process`) keeps the name of its executable.
 */
export function toServiceName(executable: string, commandLine: string): string {
  const program = baseName(executable);
  if (!interpreters.test(program)) return program.slice(0, MAX_NAME_CHARACTERS);
  const script = findScript(commandLine.split(' ').slice(1));
  return (script === '' ? program : script).slice(0, MAX_NAME_CHARACTERS);
}

function findScript(args: readonly string[]): string {
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '-m') return args[at + 1] ?? '';
    if (argument === '-jar') return withoutExtension(baseName(args[at + 1] ?? ''));
    if (inlineCode.has(argument)) return '';
    if (optionsWithValue.has(argument)) at += 1;
    else if (!argument.startsWith('-') && argument !== '') return withoutExtension(baseName(argument));
  }
  return '';
}

function withoutExtension(name: string): string {
  return name.replace(/\.(?:py|pyc|js|mjs|cjs|ts|rb|php|pl|jar|war|dll|sh)$/, '');
}
