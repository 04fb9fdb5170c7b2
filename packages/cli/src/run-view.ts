import { AppError } from '@tomte/kit';
import { findView, type ViewParam, views } from '@tomte/query';
import type { Io } from './io.ts';
import { runViewVerb } from './run-view-verb.ts';
import type { ViewVerb } from './view-verbs.ts';

/** Any view by its name: its columns as far as the terminal reaches. */
export async function runView(name: string, values: Record<string, unknown>, io: Io): Promise<number> {
  const view = findView(views, name);
  if (!view.ok) throw view.error;
  const verb: ViewVerb = {
    name,
    summary: view.value.meaning,
    options: [],
    columns: Object.keys(view.value.columns),
    wide: [],
    flexible: Object.entries(view.value.columns).flatMap(([column, { json }]) =>
      json === 'string' ? [column] : [],
    ),
    examples: [],
    isAnyView: true,
  };
  const given = Array.isArray(values['param']) ? values['param'].map(String) : [];
  const parameters = given.map((text) => paramOf(text, view.value.params));
  return runViewVerb(verb, values, io, parameters);
}

function paramOf(text: string, params: Readonly<Record<string, ViewParam>>): readonly [string, string] {
  const [, name = '', value = ''] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (Object.hasOwn(params, name)) return [name, value];
  const known = Object.entries(params).map(([one, { meaning }]) => `${one} (${meaning})`);
  const remedy =
    known.length === 0 ? 'This view has none; --where filters.' : `Write NAME=VALUE of: ${known.join(' ')}`;
  throw new AppError(
    'CLI_PARAM_UNKNOWN',
    `${JSON.stringify(text.slice(0, 80))} is no parameter of the view`,
    { family: 'user', remedy },
  );
}
