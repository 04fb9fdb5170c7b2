import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import { parseDurationNs } from './quantity.ts';
import { queryError, quoted } from './query-error.ts';
import { parseTime } from './time-range.ts';

interface ParamBase {
  readonly meaning: string;
}
export interface TextParam extends ParamBase {
  readonly type: 'text';
  readonly default: string;
  /** Column of `requests` whose values a front end suggests (`/api/v1/complete?field=`). */
  readonly suggest?: string;
  /** The view says nothing without it. */
  readonly isRequired?: boolean;
}
export interface ChoiceParam<Name extends string = string> extends ParamBase {
  readonly type: 'choice';
  readonly choices: readonly Name[];
  readonly default: Name;
}
export interface IntegerParam extends ParamBase {
  readonly type: 'integer';
  readonly unit: 'ns' | 'By' | '1' | 'none';
  readonly default: number;
  readonly least: number;
  readonly most: number;
}
/** A time as `from` and `to` take it; its value is nanoseconds since the epoch as text, or the default. */
export interface TimeParam extends ParamBase {
  readonly type: 'time';
  readonly default: '';
}
export type ViewParam = TextParam | ChoiceParam | IntegerParam | TimeParam;
export type ViewParams = Readonly<Record<string, ViewParam>>;

/** The parsed values, by the parameters' declaration. */
export type ParamValues<P extends ViewParams> = {
  readonly [Name in keyof P]: P[Name] extends ChoiceParam<infer Choice>
    ? Choice
    : P[Name] extends IntegerParam
      ? number
      : string;
};

/** Reads one parameter's text; undefined text gives the default. */
export function parseParam(
  name: string,
  param: ViewParam,
  text: string | undefined,
  nowNs: bigint,
): Outcome<string | number, AppError> {
  if (param.type === 'text' && param.isRequired === true && (text ?? '') === '') return missing(name, param);
  if (text === undefined) return succeed(param.default);
  if (param.type === 'text') return parseText(name, text);
  if (param.type === 'time') {
    const time = parseTime(text, nowNs);
    return time.ok ? succeed(time.value.toString()) : time;
  }
  if (param.type === 'choice') {
    const isKnown = param.choices.includes(text);
    return isKnown ? succeed(text) : invalid(name, text, `one of ${param.choices.join(', ')}`);
  }
  const duration = param.unit === 'ns' ? parseDurationNs(text) : undefined;
  const value =
    duration === undefined ? Number(/^\d{1,15}$/.test(text) ? text : Number.NaN) : Number(duration);
  const isInRange = value >= param.least && value <= param.most;
  return isInRange
    ? succeed(value)
    : invalid(name, text, `a whole number from ${param.least} to ${param.most}`);
}

const MAX_TEXT_CHARACTERS = 1_024;

function parseText(name: string, text: string): Outcome<string, AppError> {
  if (text.length <= MAX_TEXT_CHARACTERS) return succeed(text);
  return invalid(name, text, `a text of at most ${MAX_TEXT_CHARACTERS} characters`);
}

function missing(name: string, { meaning }: TextParam): Outcome<never, AppError> {
  const facts = `the parameter ${name} is missing`;
  return fail(queryError('QUERY_PARAM_INVALID', facts, `Give ${name}=…: ${meaning}`));
}

function invalid(name: string, text: string, expected: string): Outcome<never, AppError> {
  const facts = `${quoted(text)} is no value of the parameter ${name}`;
  return fail(queryError('QUERY_PARAM_INVALID', facts, `Give ${expected}.`));
}
