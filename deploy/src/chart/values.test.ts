import { expect, it } from 'vitest';
import { renderSchema } from './schema.ts';
import { readValues } from './values.ts';

const values = `# About the file.

# The first.
name: ''
image:
  # Where from.
  registry: docker
  # How much.
  resources:
    limits: { memory: 1Gi }
# Above
# two lines.
list: []
`;

it('reads keys, defaults and meanings', () => {
  expect(readValues(values)).toEqual([
    { path: 'name', default: '""', meaning: 'The first.' },
    { path: 'image.registry', default: '"docker"', meaning: 'Where from.' },
    { path: 'image.resources', default: '{"limits":{"memory":"1Gi"}}', meaning: 'How much.' },
    { path: 'list', default: '[]', meaning: 'Above two lines.' },
  ]);
});

it('refuses a key without meaning', () => {
  expect(() => readValues('a: 1\n')).toThrow(expect.objectContaining({ code: 'CHART_VALUE_UNDOCUMENTED' }));
});

const strict = (properties: object) => ({ type: 'object', additionalProperties: false, properties });
const schemaOf = (image: object) =>
  JSON.stringify(strict({ name: { type: 'string' }, image, list: { type: 'array' } }));

it('puts the meanings into the schema', () => {
  const schema = schemaOf(strict({ registry: {}, resources: {} }));
  expect(JSON.parse(renderSchema(schema, readValues(values)))).toMatchObject({
    properties: {
      name: { description: 'The first.' },
      image: { properties: { registry: { description: 'Where from.' } } },
    },
  });
});

it.each([
  ['lacks a key', schemaOf(strict({ registry: {} }))],
  ['has a key more', schemaOf(strict({ registry: {}, resources: {}, more: {} }))],
  ['takes unknown keys', schemaOf({ properties: { registry: {}, resources: {} } })],
])('refuses a schema that %s', (_, schema) => {
  expect(() => renderSchema(schema, readValues(values))).toThrow(
    expect.objectContaining({ code: 'CHART_SCHEMA_INCOMPLETE' }),
  );
});
