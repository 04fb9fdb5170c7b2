import type { IForbiddenRuleType } from 'dependency-cruiser';
import { outside, rooms, testTools } from '../rooms-matrix.ts';
import type { Room } from '../rooms-matrix.ts';

/** A rule with the sentence that says where the line should go instead. */
export type RoomRule = IForbiddenRuleType & { readonly name: string; readonly comment: string };

const TEST_FILE = '\\.test\\.ts$|/bench/|/src/testing/';
/** Whole folders that test and measure; they may use everything. */
const TEST_PLACE = '^(packages/testkit|e2e|bench|bpf)/';
const SPECIFIER_OR_PATH = '(?:^|node_modules/)';

/** All rules, made from the table. */
export function roomRules(): readonly RoomRule[] {
  const perRoom = Object.entries(rooms).flatMap(([name, room]) => rulesOfRoom(name, room));
  const perPackage = Object.entries(outside).map(([name, homes]) => outsideRule(name, homes));
  return [...houseRules(), ...perRoom, ...perPackage];
}

function rulesOfRoom(name: string, room: Room): readonly RoomRule[] {
  const tests = importRule(`room-${name}-tests`, name, testsMay(room));
  const sources = importRule(`room-${name}`, name, room.may);
  return [
    { ...sources, from: { ...sources.from, pathNot: TEST_FILE } },
    { ...tests, from: { path: `^packages/${name}/.*(${TEST_FILE})` } },
    ...(room.isPure === true ? purityRules(name, room.npm ?? []) : []),
  ];
}

/** Tests see what their room sees, the test rooms, and every room of a lower tier. */
function testsMay(room: Room): readonly string[] {
  const lower = Object.entries(rooms).filter(([, other]) => other.tier < room.tier && other.tier !== '–');
  return [...new Set([...room.may, 'testkit', 'workloads', ...lower.map(([name]) => name)])];
}

function importRule(ruleName: string, name: string, may: readonly string[]): RoomRule {
  const allowed = may.length === 0 ? 'no other room' : may.join(', ');
  return {
    name: ruleName,
    severity: 'error',
    comment: `${name} may import ${allowed}. Move the line down to a room that both may import, pass the value in as an argument, or let the program one tier up join the two.`,
    from: { path: `^packages/${name}/` },
    to: {
      path: '^(packages/|@tomte/|e2e/|bench/|bpf/|scripts/)',
      pathNot: `^(packages/|@tomte/)(${[name, ...may].join('|')})(/|$)`,
    },
  };
}

function purityRules(name: string, npm: readonly string[]): readonly RoomRule[] {
  const from = { path: `^packages/${name}/src/`, pathNot: TEST_FILE };
  const allowed = [...testTools, ...npm].map(toPattern).join('|');
  return [
    {
      name: `pure-${name}`,
      severity: 'error',
      comment: `${name} runs in a browser and under fuzzing: no node:*. Take the bytes, the time or the decompressor as an argument and read it in a program (tier 4) or an adapter (tier 3).`,
      from,
      to: { dependencyTypes: ['core'] },
    },
    {
      name: `pure-${name}-npm`,
      severity: 'error',
      comment: `${name} may use ${npm.length === 0 ? 'no npm package' : npm.join(', ')}. Move the line to the room that owns the package (scripts/rooms-matrix.ts, "outside"), or have the value passed in.`,
      from,
      to: {
        path: '(^|/)node_modules/|^(?!packages/|@tomte/|\\.)',
        pathNot: `${SPECIFIER_OR_PATH}(${allowed})`,
        dependencyTypesNot: ['core', 'local'],
      },
    },
  ];
}

function outsideRule(name: string, homes: readonly string[]): RoomRule {
  return {
    name: `outside-${name}`,
    severity: 'error',
    comment: `Only ${homes.join(', ')} may import ${name}. Ask that room for what you need; if it lacks it, add a function there.`,
    from: { path: '^packages/', pathNot: `^packages/(${homes.join('|')})/|${TEST_FILE}|${TEST_PLACE}` },
    to: { path: `${SPECIFIER_OR_PATH}${toPattern(name)}` },
  };
}

/** Rules that name no room. */
function houseRules(): readonly RoomRule[] {
  return [
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need each other are one file, or hide a third: move what both need into a file of its own.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      comment: "Import the package's name alone; what it should offer is exported from its src/index.ts.",
      from: {},
      to: { path: '^@tomte/[^/]+/' },
    },
    {
      name: 'no-relative-ways-out',
      severity: 'error',
      comment:
        'Another package is imported by its name (@tomte/…), declared in package.json, never by a relative path.',
      from: { path: '^(packages/[^/]+|e2e|bench|bpf)/' },
      to: { path: '^(packages|e2e|bench|bpf|scripts)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'test-tools-in-tests',
      severity: 'error',
      comment: 'Test tools belong in *.test.ts, testkit, e2e, bench and bpf/tests: move the line there.',
      from: { path: '^packages/', pathNot: `${TEST_FILE}|${TEST_PLACE}` },
      to: { path: `${SPECIFIER_OR_PATH}(${testTools.map(toPattern).join('|')})` },
    },
    {
      name: 'testing-in-tests',
      severity: 'error',
      comment: 'src/testing/ holds what only tests need: move what the program needs out of it.',
      from: { path: '^packages/', pathNot: `${TEST_FILE}|${TEST_PLACE}` },
      to: { path: '^packages/[^/]+/src/testing/' },
    },
    {
      name: 'unknown-room',
      severity: 'error',
      comment:
        'This package has no row in scripts/rooms-matrix.ts: add one, with its tier and what it may import.',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(rooms).join('|')})/` },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment:
        "Nothing is found there: declare the package in this room's package.json (if the room may have it), or mend the path.",
      from: { path: '^(packages|e2e|bench|bpf|scripts)/' },
      to: { couldNotResolve: true },
    },
  ];
}

/** `name` itself and its sub-paths; for `@scope/*` the whole scope. */
function toPattern(name: string): string {
  return name.endsWith('/*') ? escape(name.slice(0, -1)) : `${escape(name)}(/|$)`;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
