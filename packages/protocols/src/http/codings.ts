const plain: readonly string[] = [];

/** What was done to a body, first to last: content codings (RFC 9110 §8.4), then transfer codings but `chunked`. */
export function codingsOf(headers: ReadonlyMap<string, string>): readonly string[] {
  const content = headers.get('content-encoding') ?? '';
  const transfer = headers.get('transfer-encoding') ?? '';
  if (content === '' && transfer.length <= 'chunked'.length) return plain;
  return `${content},${transfer}`
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '' && each !== 'identity' && each !== 'chunked');
}
