import { tlsFunction } from '@tomte/bpf-host';
import type { OpenSslFunctionName, OpenSslFunctionPlan } from '@tomte/elf';

type EntrySite = OpenSslFunctionPlan['entry'][number];
type ExitSite = OpenSslFunctionPlan['exit'][number];

const functions: Readonly<Record<OpenSslFunctionName, number>> = {
  SSL_read: tlsFunction.tlsRead,
  SSL_write: tlsFunction.tlsWrite,
  SSL_read_ex: tlsFunction.tlsReadEx,
  SSL_write_ex: tlsFunction.tlsWriteEx,
  SSL_do_handshake: tlsFunction.tlsHandshake,
  SSL_shutdown: tlsFunction.tlsShutdown,
  SSL_free: tlsFunction.tlsFree,
};

/** Numbers of bpf/lib/tls_cookie.h: those of machine code. */
const registers: readonly string[] = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((number) => `r${String(number)}`),
];
const IN_FRAME = 1n << 8n;

function registerNumber(name: string): bigint {
  const wide = registers.indexOf(name);
  if (wide >= 0) return BigInt(wide);
  return BigInt(/^x(\d+)$/.exec(name)?.[1] ?? 31);
}

/** Layout: bpf/lib/tls_cookie.h. */
export function entryCookie(name: OpenSslFunctionName, site: EntrySite): bigint {
  return site.argumentsIn.reduce(
    (cookie, register, index) => cookie | (registerNumber(register) << BigInt(8 + 5 * index)),
    BigInt(functions[name]),
  );
}

export function exitCookie(name: OpenSslFunctionName, site: ExitSite): bigint {
  const cookie = BigInt(functions[name]);
  const { resultIn } = site;
  if (typeof resultIn === 'string') return cookie;
  const displacement = BigInt.asUintN(32, BigInt(resultIn.displacementBytes));
  return cookie | IN_FRAME | (registerNumber(resultIn.base) << 9n) | (displacement << 32n);
}
