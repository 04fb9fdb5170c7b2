function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : undefined;
}

/** Go writes two digits of exponent at least. */
function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** A sample's value as Prometheus' API writes it: the shortest text that reads back as the same number. */
export function formatFloat(value: number): string {
  return special(value) ?? twoDigitExponent(String(value));
}

/** As Go's `%g`: an exponent from 1e+06 on, when there are no more digits, and below 1e-04. */
export function formatShort(value: number): string {
  const exact = special(value);
  if (exact !== undefined) return exact;
  if (value === 0) return '0';
  const scientific = value.toExponential();
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  return exponent < -4 || exponent >= 21 ? twoDigitExponent(scientific) : plain(value);
}

/** As Go's `%.2g`. */
export function formatTwoDigits(value: number): string {
  const scientific = value.toExponential(1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  const isPlain = !Number.isFinite(value) || (exponent >= -4 && exponent < 2);
  return isPlain ? formatShort(Number(scientific)) : twoDigitExponent(scientific.replace('.0e', 'e'));
}

/** All digits and never an exponent, as the labels of `count_values` are. */
export function formatPlain(value: number): string {
  return special(value) ?? plain(value);
}

function plain(value: number): string {
  const text = String(Math.abs(value));
  const sign = value < 0 ? '-' : '';
  const match = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return `${sign}${text}`;
  const digits = `${match[1] ?? ''}${match[2] ?? ''}`;
  const point = 1 + Number(match[3]);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
