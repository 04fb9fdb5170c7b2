import { formatBytes } from '../format/value.ts';

interface BodyProps {
  readonly content: string;
  readonly contentType: string;
  /** True size, of which the content may be the beginning. */
  readonly sizeBytes: number;
}

/** The body as it was kept: its beginning, redacted; JSON is set in lines. */
export function Body({ content, contentType, sizeBytes }: BodyProps) {
  if (sizeBytes === 0 && content === '') return <p class="quiet">No body.</p>;
  if (content === '')
    return <p class="quiet">A body of {formatBytes(sizeBytes)}, of which nothing is kept or told.</p>;
  const keptBytes = new TextEncoder().encode(content).length;
  return (
    <>
      <pre class="body" tabIndex={0}>
        {setInLines(content, contentType)}
      </pre>
      {keptBytes < sizeBytes && (
        <p class="quiet">
          The first {formatBytes(keptBytes)} of {formatBytes(sizeBytes)}.
        </p>
      )}
    </>
  );
}

function setInLines(content: string, contentType: string): string {
  if (!/json/i.test(contentType) && !/^\s*[[{]/.test(content)) return content;
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content; // Cut in the middle, or no JSON after all.
  }
}
