import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { outside, rooms } from '../rooms-matrix.ts';
import { cruiseRooms } from './cruise-rooms.ts';
import { roomRules } from './rules.ts';

const badTree = join(import.meta.dirname, '../testdata/rooms-bad');

describe('the committed bad tree', () => {
  it('breaks in each file the rule that its first line names', async () => {
    const { violations } = await cruiseRooms(badTree);
    const broken = violations.map(({ rule, from }) => `${from}: ${rule}`);
    const expected = globSync('**/*.ts', { cwd: badTree }).flatMap((file) => {
      const rule = /^\/\/ expect: (\S+)/.exec(readFileSync(join(badTree, file), 'utf8'))?.[1];
      return rule === undefined ? [] : [`${file}: ${rule}`];
    });
    expect(expected.length).toBeGreaterThan(10);
    expect(broken).toEqual(expect.arrayContaining(expected));
  });
});

describe('every rule', () => {
  it('catches a line that it is there for, and says where the line should go', async () => {
    const { violations } = await cruiseRooms(writeTree(badFiles()));
    const caught = new Set(violations.map(({ rule }) => rule));
    const uncaught = roomRules().filter(({ name }) => !caught.has(name) && !isShownInBadTree(name));
    expect(uncaught.map(({ name }) => name)).toEqual([]);
    for (const { comment } of violations) expect(comment).toMatch(/[a-z].*\.$/s);
  });

  it('lets pass what the table allows', async () => {
    const { violations } = await cruiseRooms(writeTree(goodFiles()));
    expect(violations.filter(({ rule }) => rule !== 'resolvable')).toEqual([]);
  });
});

/** Rules that need more than one line to break. */
function isShownInBadTree(rule: string): boolean {
  return [
    'no-cycles',
    'no-deep-imports',
    'no-relative-ways-out',
    'testing-in-tests',
    'unknown-room',
  ].includes(rule);
}

type Files = Readonly<Record<string, string>>;

/** For each room and each outside package one file that breaks its rule. */
function badFiles(): Files {
  const perRoom = Object.entries(rooms).map(([name, room]) => {
    const foreign = [...Object.keys(rooms), 'nowhere'].find(
      (other) => other !== name && !room.may.includes(other),
    );
    const line = `import * as other from '@tomte/${name === 'tomte' ? 'testkit' : foreign}';\nother;\n`;
    const testLine = `import * as other from '@tomte/nowhere';\nother;\n`;
    return { [`packages/${name}/src/a.ts`]: line, [`packages/${name}/src/a.test.ts`]: testLine };
  });
  const pure = Object.keys(rooms).filter((name) => rooms[name]?.isPure === true);
  const impure = pure.map((name) => ({
    [`packages/${name}/src/b.ts`]: "import 'node:os';\nimport 'left-pad';\nimport 'vitest';\n",
  }));
  const strangers = Object.keys(outside).map((name, index) => ({
    [`packages/k8s/src/c${index}.ts`]: `import '${name.replace('*', 'thing')}';\n`,
    [`packages/wire/src/c${index}.ts`]: `import '${name.replace('*', 'thing')}';\n`,
  }));
  return Object.assign({}, ...perRoom, ...impure, ...strangers) as Files;
}

/** Each allowed import once, tests with testkit, and e2e with everything. */
function goodFiles(): Files {
  const files = Object.entries(rooms).map(([name, room]) => {
    const imports = room.may.map((other) => `import '@tomte/${other}';\n`).join('');
    const own = Object.keys(outside).filter((other) => outside[other]?.includes(name) === true);
    const packages = own.map((other) => `import '${other.replace('*', 'thing')}';\n`).join('');
    const test =
      "import 'vitest';\nimport 'node:fs';\nimport '@tomte/testkit';\nimport '@clickhouse/client';\n";
    return {
      [`packages/${name}/src/a.ts`]: `${imports}${packages}`,
      [`packages/${name}/src/a.test.ts`]: test,
    };
  });
  const everything = Object.keys(rooms)
    .map((name) => `import '@tomte/${name}';\n`)
    .join('');
  return Object.assign({ 'e2e/src/a.ts': `${everything}import 'chdb';\n` }, ...files) as Files;
}

function writeTree(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-rooms-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
