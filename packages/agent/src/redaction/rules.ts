import type { KeyRules } from './key-matcher.ts';

/** What is taken out. The defaults are what ships; a configuration adds to them or switches a pattern off. */
export interface RedactionRules {
  readonly isEnabled: boolean;
  /** Headers whose whole value goes, beside those that a field rule names. Lower case. */
  readonly headers: readonly string[];
  /** Query parameters, form, JSON and XML fields, command-line options, environment variables. */
  readonly fields: KeyRules;
  readonly patterns: RedactionPatterns;
}

export interface RedactionPatterns {
  /** `user:password@` in URLs. */
  readonly urlCredentials: boolean;
  /** JSON web tokens and what follows `Bearer` or `Basic`. */
  readonly tokens: boolean;
  /** Payment card numbers by prefix, length and check digit. */
  readonly cardNumbers: boolean;
  readonly emailAddresses: boolean;
}

export const defaultRedactionRules: RedactionRules = {
  isEnabled: true,
  headers: [
    'authorization',
    'proxy-authorization',
    'cookie',
    'cookie2',
    'set-cookie',
    'set-cookie2',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'x-forwarded-client-cert',
    'x-vault-token',
    'x-goog-iam-authorization-token',
    'x-auth',
    'x-authorization',
    'x-forwarded-authorization',
    'x-cookie',
    'ocp-apim-subscription-key',
    'sec-websocket-key',
    // Browsers can send no other header with a token: Kubernetes reads one from here.
    'sec-websocket-protocol',
  ],
  fields: {
    exact: [
      'auth',
      'authorization',
      'proxy_authorization',
      'cookie',
      'set_cookie',
      'pass',
      'pin',
      'cvv',
      'cvv2',
      'cvc',
      'ssn',
      'otp',
      'totp',
      'sid',
      'jwt',
      'sig',
      'code_verifier',
      'client_assertion',
    ],
    suffix: [
      'token',
      'session',
      'session_id',
      'sess_id',
      'auth_key',
      'auth_code',
      'signature',
      'pwd',
      'passcode',
      'db_pass',
      'user_pass',
      'account_key',
      'shared_key',
      'signing_key',
      'encryption_key',
    ],
    contains: [
      'password',
      'passwd',
      'passphrase',
      'secret',
      'api_key',
      'access_key',
      'private_key',
      'credential',
      'jsessionid',
      'phpsessid',
      'connect.sid',
      'card_number',
      'credit_card',
    ],
  },
  patterns: { urlCredentials: true, tokens: true, cardNumbers: true, emailAddresses: true },
};
