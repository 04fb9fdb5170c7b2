const KEY = 'tomte-token';

/** The header that says who asks; empty where the API needs none, or a proxy in front of it says it. */
export function bearer(): Record<string, string> {
  const token = sessionStorage.getItem(KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

export function hasToken(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

/** Kept for this tab alone, and gone with it. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
