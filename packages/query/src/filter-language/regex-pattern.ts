/** Longer ones are programs. */
const MAX_PATTERN_CHARACTERS = 256;
/** Of `{n,m}`: as ClickHouse's RE2 has it. */
const MAX_REPEAT = 1_000;

/** Why a text is no pattern that ClickHouse takes (RE2); undefined when it seems to be one. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    return `a pattern of more than ${MAX_PATTERN_CHARACTERS} characters`;
  if (/\(\?(?:[=!]|<[=!])/.test(pattern)) return 'a pattern that looks around, which RE2 has not';
  if (/\\[1-9]/.test(pattern)) return 'a pattern that refers back, which RE2 has not';
  const repeats = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least = '0', most = '']) => [
    least,
    most,
  ]);
  if (repeats.some((count) => Number(count) > MAX_REPEAT))
    return `a pattern that repeats more than ${MAX_REPEAT} times`;
  return isRegular(pattern) ? undefined : 'no pattern';
}

/** By the rules of JavaScript, which differ from RE2 in what was refused before, in flags and in names of groups. */
function isRegular(pattern: string): boolean {
  try {
    new RegExp(pattern.replace(/^\(\?[imsU]+\)/, '').replaceAll('(?P<', '(?<'));
    return true;
  } catch {
    return false; // The asker's text, not our defect.
  }
}
