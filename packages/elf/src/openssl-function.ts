/** A function of the TLS library that is probed. */
export interface OpenSslFunction {
  readonly name: OpenSslFunctionName;
  /** Integer arguments that the entry program reads. */
  readonly argumentCount: number;
  readonly needsExit: boolean;
}

export type OpenSslFunctionName =
  | 'SSL_read'
  | 'SSL_write'
  | 'SSL_read_ex'
  | 'SSL_write_ex'
  | 'SSL_do_handshake'
  | 'SSL_shutdown'
  | 'SSL_free';

/**
 * `SSL_read(ssl, buffer, count)` returns bytes; the `_ex` pair returns 1 and the bytes in `*arg4`; ssl(3).
 * `SSL_peek` is left out on purpose: its bytes are read again.
 */
export const OPENSSL_FUNCTIONS: readonly OpenSslFunction[] = [
  { name: 'SSL_read', argumentCount: 3, needsExit: true },
  { name: 'SSL_write', argumentCount: 3, needsExit: true },
  { name: 'SSL_read_ex', argumentCount: 4, needsExit: true },
  { name: 'SSL_write_ex', argumentCount: 4, needsExit: true },
  { name: 'SSL_do_handshake', argumentCount: 1, needsExit: true },
  { name: 'SSL_shutdown', argumentCount: 1, needsExit: true },
  { name: 'SSL_free', argumentCount: 1, needsExit: false },
];
