import { tlsFunction } from '@tomte/bpf-host';
import type { BioLayout, OpenSslFunctionName, OpenSslFunctionPlan, OpenSslPlan } from '@tomte/elf';

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

/** The part of an entry's cookie that leads from the SSL object to its descriptor; 0 when a step is not known. */
export function layoutBits(plan: OpenSslPlan, bio: BioLayout | undefined): bigint {
  const { rbioOffsetBytes, wbioOffsetBytes } = plan;
  if (rbioOffsetBytes === undefined || wbioOffsetBytes === undefined || bio === undefined) return 0n;
  const fields = [
    { offsetBytes: rbioOffsetBytes, bits: 10 },
    { offsetBytes: wbioOffsetBytes, bits: 10 },
    { offsetBytes: bio.numOffsetBytes, bits: 8 },
    { offsetBytes: bio.methodOffsetBytes, bits: 2 },
  ];
  let [shift, layout] = [28n, 0n];
  for (const { offsetBytes, bits } of fields) {
    if (offsetBytes % 8 !== 0 || offsetBytes >= 8 * 2 ** bits) return 0n;
    layout |= BigInt(offsetBytes / 8) << shift;
    shift += BigInt(bits);
  }
  return layout;
}

/** Layout: bpf/lib/tls_cookie.h. */
export function entryCookie(name: OpenSslFunctionName, site: EntrySite, layout = 0n): bigint {
  return site.argumentsIn.reduce(
    (cookie, register, index) => cookie | (registerNumber(register) << BigInt(8 + 5 * index)),
    BigInt(functions[name]) | layout,
  );
}

export function exitCookie(name: OpenSslFunctionName, site: ExitSite): bigint {
  const cookie = BigInt(functions[name]);
  const { resultIn } = site;
  if (typeof resultIn === 'string') return cookie;
  const displacement = BigInt.asUintN(32, BigInt(resultIn.displacementBytes));
  return cookie | IN_FRAME | (registerNumber(resultIn.base) << 9n) | (displacement << 32n);
}
