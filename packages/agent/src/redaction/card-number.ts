const ZERO = 0x30;
export const MIN_CARD_DIGITS = 13;
export const MAX_CARD_DIGITS = 19;

/**
 * Whether digits (their values, 0–9) are a payment card number: a prefix that an issuer has, the length
 * that goes with it, and the check digit of ISO/IEC 7812-1. Times in milliseconds and ids fail the first.
 */
export function isCardNumber(digits: Uint8Array, count: number): boolean {
  return (
    count >= MIN_CARD_DIGITS &&
    count <= MAX_CARD_DIGITS &&
    hasIssuerPrefix(digits, count) &&
    hasCheckDigit(digits, count)
  );
}

function hasIssuerPrefix(digits: Uint8Array, count: number): boolean {
  const two = (digits[0] ?? 0) * 10 + (digits[1] ?? 0);
  const four = two * 100 + (digits[2] ?? 0) * 10 + (digits[3] ?? 0);
  if (digits[0] === 4) return count === 13 || count === 16 || count === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16;
  if (two === 34 || two === 37) return count === 15;
  if (two === 36 || two === 38 || two === 30) return count === 14;
  return (four === 6011 || two === 65 || two === 62 || two === 35) && count >= 16;
}

function hasCheckDigit(digits: Uint8Array, count: number): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < count; fromRight += 1) {
    const digit = digits[count - 1 - fromRight] ?? 0;
    const doubled = fromRight % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

export function digitOf(byte: number): number {
  const value = byte - ZERO;
  return value >= 0 && value <= 9 ? value : -1;
}
