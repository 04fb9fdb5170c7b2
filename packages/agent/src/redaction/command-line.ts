import type { KeyMatcher } from './key-matcher.ts';

/** Database clients that take the password in the same argument as `-p`. */
const attachedPassword = /^(?:.*\/)?(?:mysql|mariadb)[\w-]*$/;
const user = new Set(['-u', '--user', '--proxy-user', '-U']);
const userWithValue = /^(--user=|--proxy-user=)([^:]*:)./;
/** `curl -uann:pw`, options of one letter before it included: `-suann:pw`. */
const attachedUser = /^(?:.*\/)?curl$/;
const attachedUserArgument = /^(-[a-zA-Z]*[uU][^:-][^:]*:)./;
/** Programs whose password stands behind this option of one letter, or attached to it. */
const passwordOption: readonly (readonly [program: RegExp, option: string])[] = [
  [/^(?:.*\/)?sshpass$/, '-p'],
  [/^(?:.*\/)?redis-cli$/, '-a'],
];

/**
 * Takes secrets out of arguments that stand behind their option: `--password x`, `-p x`, `-u user:x`,
 * `mysql -px`. What stands in one argument with its name (`--password=x`, `TOKEN=x`) is left to the
 * scanner. A number behind `-p` is a port.
 */
export function redactCommandLine(commandLine: string, keys: KeyMatcher, redacted: string): string {
  const args = commandLine.split(' ');
  let program = args[0] ?? '';
  let isChanged = false;
  const shown = args.map((argument, index) => {
    // Behind `env`, `sh -c` or `sudo` another program begins.
    if (knownProgram(argument)) program = argument;
    const safe =
      index === 0 ? argument : redactArgument(argument, args[index - 1] ?? '', { program, keys, redacted });
    isChanged ||= safe !== argument;
    return safe;
  });
  return isChanged ? shown.join(' ') : commandLine;
}

function redactArgument(
  argument: string,
  before: string,
  of: { program: string; keys: KeyMatcher; redacted: string },
): string {
  if (argument === '') return argument;
  const option = passwordOption.find(([program]) => program.test(of.program))?.[1];
  if (option !== undefined && before === option) return of.redacted;
  if (option !== undefined && argument.length > 2 && argument.startsWith(option)) return option + of.redacted;
  if (attachedUser.test(of.program) && !argument.startsWith('--') && attachedUserArgument.test(argument))
    return argument.replace(/^([^:]*:).*$/, `$1${of.redacted}`);
  if (before.startsWith('-') && !argument.startsWith('-')) {
    const isSecretOption = before.length > 2 && !before.includes('=') && of.keys.matches(before);
    if (isSecretOption || (before === '-p' && !isNumber(argument))) return of.redacted;
    const colon = argument.indexOf(':');
    if (user.has(before) && colon > 0) return `${argument.slice(0, colon + 1)}${of.redacted}`;
  }
  if (userWithValue.test(argument)) return argument.replace(/^([^:]*:).*$/, `$1${of.redacted}`);
  const isAttached =
    /^-p[^=\s]/.test(argument) && !argument.startsWith('--') && attachedPassword.test(of.program);
  return isAttached && !isNumber(argument.slice(2)) ? `-p${of.redacted}` : argument;
}

function knownProgram(argument: string): boolean {
  if (argument.startsWith('-')) return false;
  return (
    attachedPassword.test(argument) ||
    attachedUser.test(argument) ||
    passwordOption.some(([program]) => program.test(argument))
  );
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
