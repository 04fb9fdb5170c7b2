// `pnpm new protocol|view|bpf NAME`: makes the files of a new thing and puts it on the lists that must know it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { planBpf } from './new/bpf.ts';
import { insert } from './new/insert.ts';
import { parseName } from './new/plan.ts';
import type { Names, Plan } from './new/plan.ts';
import { planProtocol } from './new/protocol.ts';
import { planView } from './new/view.ts';

type Planner = (names: Names, read: (path: string) => string) => Plan;
const kinds: Readonly<Record<string, Planner>> = { protocol: planProtocol, view: planView, bpf: planBpf };

const usage = `pnpm new protocol|view|bpf NAME [--into FOLDER]

  protocol   parser, tests and a place in the pipeline
  view       a question with its REST route, verb and test
  bpf        a program, its event and decoder

  NAME       in kebab-case
  --into     another checkout than this one

Example: pnpm new view slow-queries
What each touches: CONTRIBUTING.md
`;

/** A request that cannot be done, as one line `CODE: facts. Remedy.` */
class Refusal extends Error {}

/** Makes everything or nothing: what stands in the way is found before the first file is written. */
async function main(): Promise<void> {
  const { values, positionals } = parseCommand();
  if (values.help) return void process.stdout.write(usage);
  const checkout = values.into ?? fileURLToPath(new URL('..', import.meta.url));
  const [kind = '', name = ''] = positionals;
  const planner = kinds[kind];
  if (planner === undefined)
    throw new Refusal(
      `NEW_KIND_UNKNOWN: no kind "${kind}". Use: pnpm new ${Object.keys(kinds).join('|')} NAME.`,
    );
  const names = parseName(name);
  if (names === undefined)
    throw new Refusal(
      `NEW_NAME_INVALID: "${name}" is not in kebab-case. Use letters, digits and single dashes, as in slow-queries.`,
    );
  const plan = planner(names, (path) => readFileSync(join(checkout, path), 'utf8'));
  const texts = textsOf(checkout, plan);
  for (const [path, text] of texts) await write(checkout, path, text);
  report(plan);
}

function parseCommand() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { into: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (thrown) {
    const facts = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Refusal(`NEW_OPTION_UNKNOWN: ${facts}. See \`pnpm new --help\`.`);
  }
}

/** New texts by path, the changed lists included. */
function textsOf(checkout: string, plan: Plan): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(plan.files));
  const taken = [...texts.keys()].find((path) => existsSync(join(checkout, path)));
  if (taken !== undefined) throw new Refusal(`NEW_EXISTS: ${taken} is there already. Choose another name.`);
  for (const insertion of plan.insertions) {
    const { path } = insertion;
    const text = insert(texts.get(path) ?? readFileSync(join(checkout, path), 'utf8'), insertion);
    if (text === undefined)
      throw new Refusal(
        `NEW_PLACE_MISSING: ${path} has no place for \`${insertion.line.trim()}\`. Put it there by hand, and mend scripts/new.`,
      );
    texts.set(path, text);
  }
  return texts;
}

/** Formatted as the house does it: a long name may break a line that a short one did not. */
async function write(checkout: string, path: string, text: string): Promise<void> {
  const config = await resolveConfig(fileURLToPath(import.meta.url));
  const formatted = path.endsWith('.ts') ? await format(text, { ...config, filepath: path }) : text;
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), formatted);
}

function report(plan: Plan): void {
  for (const path of Object.keys(plan.files)) console.log(`new      ${path}`);
  for (const { path, line } of plan.insertions) console.log(`one line ${path}: ${line.trim()}`);
  console.log('next:');
  for (const step of plan.next) console.log(`  ${step}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
