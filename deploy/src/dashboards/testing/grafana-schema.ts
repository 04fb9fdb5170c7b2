import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const require = createRequire(import.meta.url);
const types = join(dirname(require.resolve('@grafana/schema/package.json')), 'dist/types/raw');

/** What a panel of a kind may have, beside what every panel has. */
const panelKinds = ['timeseries', 'stat', 'heatmap', 'table'] as const;

const withFieldConfig: ReadonlySet<string> = new Set(['timeseries', 'heatmap', 'table']);

/** Grafana's own types as a validator of JSON: no property that they do not know passes. */
export class GrafanaSchema {
  readonly #validators: Readonly<Record<string, ValidateFunction>>;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'tomte-grafana-schema-'));
    try {
      const path = join(folder, 'all.ts');
      writeFileSync(path, source());
      // Several files have a type of the same name, so none gets a definition of its own.
      const generator = createGenerator({ path, type: 'All', expose: 'none', skipTypeCheck: true });
      const schema = generator.createSchema('All');
      const ajv = new Ajv({ allErrors: true, strict: false });
      ajv.addSchema(schema as SchemaObject, 'all'); // Proof: JSON Schema of draft 7, as ajv reads it.
      this.#validators = Object.fromEntries(
        members.map(([name]) => [name, ajv.compile({ $ref: `all#/definitions/All/properties/${name}` })]),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** What is wrong with a value, one line each. */
  problemsOf(name: string, value: unknown): readonly string[] {
    const validate = this.#validators[name];
    if (validate === undefined) return [`Grafana has no ${name} that is known here`];
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) =>
        `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

const members: readonly (readonly [name: string, file: string, type: string])[] = [
  ['dashboard', 'dashboard/x', 'Dashboard'],
  ...panelKinds.map((kind) => [`${kind}Options`, `composable/${kind}/panelcfg/x`, 'Options'] as const),
  ...panelKinds
    .filter((kind) => withFieldConfig.has(kind))
    .map((kind) => [`${kind}FieldConfig`, `composable/${kind}/panelcfg/x`, 'FieldConfig'] as const),
];

/** One type that has all, so that they are read once. */
function source(): string {
  const imports = members.map(
    ([name, file, type]) =>
      `import type { ${type} as ${name} } from '${join(types, file, 'types.gen.d.ts')}';`,
  );
  const fields = members.map(([name]) => `  ${name}: ${name};`);
  return [...imports, 'export interface All {', ...fields, '}'].join('\n');
}
