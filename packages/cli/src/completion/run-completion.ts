import type { Command } from 'commander';
import { AppError } from '@tomte/kit';
import { views } from '@tomte/query';
import type { Io } from '../io.ts';
import { commandTree } from './command-tree.ts';
import { completionScript } from './completion-script.ts';
import { shells } from './shells.ts';

/** Prints the script for a shell, made from the program's own verbs. */
export async function runCompletion(name: string, program: Command, io: Io): Promise<number> {
  const shell = shells.find((one) => one === name);
  if (shell === undefined) {
    const remedy = `Give one of ${shells.join(', ')}.`;
    const facts = `${JSON.stringify(name.slice(0, 40))} is no shell that is known`;
    throw new AppError('CLI_SHELL_UNKNOWN', facts, { family: 'user', remedy });
  }
  return (await io.out(completionScript(shell, commandTree(program, wordsOf)))) ? 0 : 1;
}

/** Words that a verb takes as its argument. */
function wordsOf(verb: string): readonly string[] {
  if (verb === 'view') return views.map(({ name }) => name);
  return verb === 'completion' ? shells : [];
}
