import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiVerbs } from '../verbs.ts';
import { runCompletion } from './run-completion.ts';
import { type Shell, shells } from './shells.ts';

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomte-completion-'));
  for (const shell of shells) writeFileSync(join(folder, shell), await scriptFor(shell));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scriptFor(shell: Shell): Promise<string> {
  const program = new Command('tomte');
  let script = '';
  const io = {
    out: (text: string) => {
      script += text;
      return Promise.resolve(true);
    },
    talk: () => undefined,
    isTty: false,
    widthColumns: undefined,
    env: {},
    nowMs: () => 0,
    signal: new AbortController().signal,
  };
  addApiVerbs(
    program,
    () => io,
    () => undefined,
  );
  await runCompletion(shell, program, io);
  return script;
}

function isHere(shell: Shell): boolean {
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false; // Not on this machine; the test says so.
  }
}

const run = async (shell: Shell, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(shell, args, { cwd: folder, timeout: 60_000 })).stdout;

/** What is typed, and what a shell makes of it. */
const typed = [
  ['tomte vie', 'view'],
  ['tomte view slow', 'slow-requests'],
  ['tomte view --js', '--json'],
  ['tomte top --by end', 'endpoint'],
  ['tomte completion zs', 'zsh'],
] as const;

describe('bash completes', () => {
  it.each(typed)('%s to %s', async (line, word) => {
    const words = line
      .split(' ')
      .map((one) => `'${one}'`)
      .join(' ');
    const script = `source ./bash; COMP_WORDS=(${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _tomte; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect((await run('bash', ['--norc', '-c', script])).trim().split('\n')).toEqual([word]);
  });
});

describe('fish completes', () => {
  it.each(typed)(
    '%s to %s',
    async (line, word, { skip }: { skip: (why: string) => void } = { skip: () => undefined }) => {
      if (!isHere('fish')) skip('fish is not here');
      const out = await run('fish', ['-N', '-c', `source ./fish; complete -C '${line}'`]);
      expect(
        out
          .trim()
          .split('\n')
          .map((one) => one.split('\t')[0]),
      ).toEqual([word]);
    },
  );
});

describe('zsh completes', () => {
  it('on a terminal', async ({ skip }) => {
    if (!isHere('zsh')) skip('zsh is not here');
    const keys = typed.map(([line]) => `ask $'${line}'`).join('\n');
    writeFileSync(join(folder, 'terminal'), `${onTerminal}\n${keys}\nzpty -d z\n`);
    const out = await run('zsh', ['-f', './terminal']);
    expect(out.trim().split('\n')).toEqual(typed.map(([line, word]) => `[${line.replace(/[^ ]+$/, word)} ]`));
  });
});

/** A zsh at a terminal of its own, with a key that prints the line as it stands then. */
const onTerminal = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; stty -echo; autoload -Uz compinit; compinit -D -u; source ./zsh"
zpty -w z "show() { print -r -- \\"<[\\$BUFFER]>\\"; BUFFER= }; zle -N show; bindkey '^X' show; print read''y"
zpty -r z out '*ready*'
ask() {
  local out
  zpty -w -n z "$1"$'\\t\\x18'
  zpty -r z out '*<\\[*\\]>*'
  out=\${out##*<}
  print -r -- \${out%%>*}
}`;
