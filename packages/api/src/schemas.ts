import type { AnyView, ViewParam } from '@tomte/query';

/** JSON Schema for the OpenAPI page. Reading and checking is done by `query`, which names the remedy. */
type Schema = Readonly<Record<string, unknown>>;

const text = (description: string): Schema => ({ type: 'string', description });

export function viewParametersSchema(view: AnyView): Schema {
  const properties: Record<string, Schema> = {
    from: text(
      'Start of the time range: RFC 3339, relative (-15m) or Unix time. Default: 15 minutes before `to`.',
    ),
    to: text('End of the time range, not included. Default: now.'),
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: view.maxLimitRows,
      default: view.defaultLimitRows,
      description: 'Rows at most.',
    },
    filter: text(
      'Rows of which this is so: COLUMN OPERATOR VALUE (= != > >= < <= =~ !~ contains startswith, in (…)), joined by ' +
        'and, or, not and parentheses.',
    ),
    format: { type: 'string', enum: ['json', 'csv', 'jsonl', 'arrow'], default: 'json' },
  };
  if (view.key !== undefined) {
    properties['cursor'] = text('next_cursor of the answer before: the next page of the same question.');
    properties['order'] = { type: 'string', enum: ['desc', 'asc'], default: 'desc' };
  }
  if (view.name === 'requests') properties['state'] = { type: 'string', enum: ['open'] };
  for (const [name, param] of Object.entries(view.params)) properties[name] = paramSchema(param);
  for (const [name, column] of Object.entries(view.record.columns)) {
    properties[column.type === 'Map' ? `${name}[key]` : name] = text(
      `Filter, also as ${name}.OPERATOR (ne, in, gt, ge, lt, le, prefix, contains, regex by type). ${column.meaning}`,
    );
  }
  return { type: 'object', properties };
}

function paramSchema(param: ViewParam): Schema {
  const { meaning: description, default: standard } = param;
  if (param.type === 'choice') return { type: 'string', enum: param.choices, default: standard, description };
  const type = param.type === 'integer' ? 'integer' : 'string';
  return { type, default: standard, description };
}

const lostSchema: Schema = {
  type: 'object',
  properties: {
    reason: text('Why.'),
    source: text('Which part lost it.'),
    events: { type: ['integer', 'null'], description: 'How many; null when it cannot be known.' },
    bytes: { type: ['integer', 'null'] },
    unknown_count: { type: 'integer', description: 'Reports whose number is not known.' },
    from: text('Start of the time that it concerns.'),
    to: text('End of it.'),
  },
};

const completenessSchema: Schema = {
  type: 'object',
  description: 'What the answer lacks, as far as it can be known.',
  properties: {
    complete: { type: 'boolean' },
    incomplete_because: {
      type: 'array',
      items: { type: 'string', enum: ['loss', 'truncated', 'sampled', 'no_agent', 'agent_silent'] },
    },
    truncated: { type: 'boolean', description: 'There are more rows than the limit.' },
    lost: { type: 'array', items: lostSchema },
    agents_reporting: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
};

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457, with a stable code and a remedy.',
  properties: {
    type: text('urn:tomte:error:CODE'),
    title: text('What kind of problem.'),
    status: { type: 'integer' },
    detail: text('The facts.'),
    code: text('Stable; see docs/reference/errors.md.'),
    remedy: text('What to do about it.'),
  },
};

const problemResponse: Schema = {
  description: 'A problem.',
  content: { 'application/problem+json': { schema: problemSchema } },
};

export const answerSchema: Schema = {
  200: {
    description: 'The answer.',
    type: 'object',
    properties: {
      view: text('Name of the view.'),
      range: { type: 'object', properties: { from: text('RFC 3339.'), to: text('RFC 3339.') } },
      source: text('Table that the rows come from.'),
      data: { type: 'array', items: { type: 'object', additionalProperties: true } },
      row_count: { type: 'integer' },
      limit: { type: 'integer' },
      next_cursor: { type: ['string', 'null'] },
      completeness: completenessSchema,
    },
  },
  '4xx': problemResponse,
  '5xx': problemResponse,
};

export const sqlBodySchema: Schema = {
  type: 'object',
  required: ['sql'],
  additionalProperties: false,
  properties: {
    sql: text('One SELECT (or SHOW, DESCRIBE, EXPLAIN).'),
    params: { type: 'object', additionalProperties: true, description: 'Values of {name:Type} in the text.' },
    limit: { type: 'integer', minimum: 1, description: 'Rows of the result at most; more is an error.' },
  },
};

export const sqlParametersSchema: Schema = {
  type: 'object',
  properties: {
    filter: text(
      'Rows of which this is so: COLUMN OPERATOR VALUE (= != > >= < <= =~ !~ contains startswith, in (…)), joined by ' +
        'and, or, not and parentheses.',
    ),
    format: { type: 'string', enum: ['json', 'csv', 'jsonl', 'arrow'], default: 'json' },
    from: text(
      'Start of the time that the statement looks at: completeness is told of it. Default: all time.',
    ),
    to: text('End of that time, not included. Default: now.'),
  },
};

export const sqlAnswerSchema: Schema = {
  200: {
    description: 'The answer.',
    type: 'object',
    properties: {
      meta: { type: 'array', items: { type: 'object', additionalProperties: true } },
      data: { type: 'array', items: { type: 'object', additionalProperties: true } },
      rows: { type: 'integer' },
      statistics: { type: 'object', additionalProperties: true },
      completeness: completenessSchema,
    },
  },
  '4xx': problemResponse,
  '5xx': problemResponse,
};
