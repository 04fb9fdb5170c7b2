import type { Command } from 'commander';

/** What can be completed of a program: its verbs with their options and the words that follow. */
export interface CommandTree {
  readonly program: string;
  readonly verbs: readonly CompletedVerb[];
}

export interface CompletedVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words that may stand as its argument. */
  readonly words: readonly string[];
}

export interface CompletedOption {
  /** With dashes; the long one where there are two. */
  readonly flag: string;
  readonly meaning: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

/** @param wordsOf words of a verb that the program does not say itself */
export function commandTree(program: Command, wordsOf: (verb: string) => readonly string[]): CommandTree {
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description().split('\n')[0] || '',
    options: command.options
      .filter((option) => !option.hidden)
      .map((option) => ({
        flag: option.long ?? option.flags,
        meaning: option.description,
        takesValue: option.required || option.optional,
        values: option.argChoices ?? [],
      })),
    words: wordsOf(command.name()),
  }));
  return { program: program.name(), verbs };
}
