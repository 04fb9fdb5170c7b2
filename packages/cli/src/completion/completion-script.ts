import type { CommandTree, CompletedVerb } from './command-tree.ts';
import type { Shell } from './shells.ts';

/** A script that the shell reads; it calls nothing, so completing is as quick as the shell. */
export function completionScript(shell: Shell, tree: CommandTree): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](tree);
}

/** One word of a shell, between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const list = (words: readonly string[]): string => quoted(words.join(' '));
const flagsOf = ({ options }: CompletedVerb): readonly string[] => options.map(({ flag }) => flag);

function bashScript({ program, verbs }: CommandTree): string {
  const cases = verbs.flatMap((verb) => [
    `    ${verb.name})`,
    ...valueCases(verb).map((line) => `      ${line}`),
    `      words=${list([...verb.words, ...flagsOf(verb), '--help'])} ;;`,
  ]);
  return `# bash: eval "$(${program} completion bash)"
_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  if (( COMP_CWORD == 1 )); then
    words=${list([...verbs.map(({ name }) => name), '--help', '--version'])}
  else
    case \${COMP_WORDS[1]} in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${program} ${program}
`;
}

/** What follows an option with a value: its choices, or what the shell itself finds. */
function valueCases({ options }: CompletedVerb): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(
      ({ flag, values }) =>
        `[[ $previous == ${flag} ]] && { COMPREPLY=($(compgen -W ${list(values)} -- "$current")); return; }`,
    );
}

function zshScript({ program, verbs }: CommandTree): string {
  const described = (name: string, meaning: string): string =>
    quoted(`${name}:${meaning.replaceAll(':', '\\:')}`);
  const cases = verbs.map((verb) => {
    const options = verb.options.map(({ flag, meaning, takesValue, values }) => {
      const text = meaning.replaceAll(/[[\]\\:]/g, '\\$&');
      const value = takesValue ? `:value:${values.length === 0 ? '_default' : `(${values.join(' ')})`}` : '';
      return quoted(`${flag}[${text}]${value}`);
    });
    const words = verb.words.length === 0 ? "'*:file:_default'" : `'1:word:(${verb.words.join(' ')})'`;
    return `    ${verb.name}) _arguments ${[...options, words].join(' ')} ;;`;
  });
  return `#compdef ${program}
# zsh: eval "$(${program} completion zsh)", after compinit
_${program}() {
  if (( CURRENT == 2 )); then
    local -a verbs=(${verbs.map(({ name, summary }) => described(name, summary)).join(' ')})
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
  esac
}
compdef _${program} ${program}
`;
}

function fishScript({ program, verbs }: CommandTree): string {
  const lines = verbs.flatMap((verb) => {
    const isVerb = quoted(`__fish_seen_subcommand_from ${verb.name}`);
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.summary)}`,
      ...(verb.words.length === 0 ? [] : [`complete -c ${program} -n ${isVerb} -f -a ${list(verb.words)}`]),
      ...verb.options
        .filter(({ flag }) => flag.startsWith('--'))
        .map(({ flag, meaning, takesValue, values }) => {
          const value = takesValue ? ` -r${values.length === 0 ? '' : ` -f -a ${list(values)}`}` : '';
          return `complete -c ${program} -n ${isVerb} -l ${flag.slice(2)}${value} -d ${quoted(meaning)}`;
        }),
    ];
  });
  return `# fish: ${program} completion fish > ~/.config/fish/completions/${program}.fish\n${lines.join('\n')}\n`;
}
