const nsPerUnit: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1_000,
  µs: 1_000,
  ms: 1_000_000,
  s: 1_000_000_000,
  m: 60_000_000_000,
  h: 3_600_000_000_000,
};
const bytesPerUnit: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1_000,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** `250ms`, `1.5s`, `10us` → nanoseconds; undefined when it is no duration with a unit. */
export function parseDurationNs(text: string): bigint | undefined {
  return quantity(text, nsPerUnit);
}

/** `10KiB`, `1.5MB` → bytes; undefined when it is no size with a unit. */
export function parseSizeBytes(text: string): bigint | undefined {
  return quantity(text, bytesPerUnit);
}

function quantity(text: string, units: Readonly<Record<string, number>>): bigint | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)([a-zA-Zµ]{1,3})$/.exec(text);
  const factor = match?.[2] === undefined || !Object.hasOwn(units, match[2]) ? undefined : units[match[2]];
  return factor === undefined ? undefined : BigInt(Math.round(Number(match?.[1]) * factor));
}
