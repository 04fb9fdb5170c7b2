import type { Row } from '../api/answer.ts';

/** Hands a table to the browser as a file (RFC 4180). */
export function downloadCsv(fileName: string, names: readonly string[], rows: readonly Row[]): void {
  const lines = [
    names.map(field).join(','),
    ...rows.map((row) => names.map((name) => field(row[name])).join(',')),
  ];
  download(fileName, 'text/csv', `${lines.join('\r\n')}\r\n`);
}

/** Hands a text to the browser as a file. */
export function download(fileName: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
