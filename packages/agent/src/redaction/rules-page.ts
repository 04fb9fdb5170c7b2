import type { RedactionRules } from './rules.ts';

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** The reference of redaction, in Markdown: what is masked by default, and how a file adds to it. */
export function redactionPage({ headers, fields }: RedactionRules): string {
  return `# Redaction

Made from the rules by \`pnpm vitest run packages/agent -u\`. Do not edit.

Secrets and personal data are taken out in the agent, before anything is written to the spool, to a recording or
to the wire. In rows a value becomes \`[redacted]\`, in recordings asterisks of its own length; names and structure stay.

| what | by default |
|---|---|
| headers whose whole value goes | ${list(headers)} |
| fields with exactly this name | ${list(fields.exact)} |
| fields whose name ends so | ${list(fields.suffix)} |
| fields whose name holds this | ${list(fields.contains)} |
| \`patterns.urlCredentials\` | \`user:password@\` in URLs |
| \`patterns.tokens\` | JSON web tokens, and what follows \`Bearer\` or \`Basic\` |
| \`patterns.cardNumbers\` | payment cards by prefix, length and check digit |
| \`patterns.emailAddresses\` | e-mail addresses |

A field is a query parameter, a member of a form, of JSON or XML, a command-line option, or a header that a field rule
names. Names are compared without case, and \`-\`, \`_\` and \`.\` count as the same.

## Rules of your own

\`tomte up --redaction-rules rules.json\` (\`agent\`, \`record\` and \`replay\` too):

\`\`\`json
{
  "version": 1,
  "headers": ["x-tenant-secret"],
  "fields": { "exact": ["iban"], "suffix": ["_ref"], "contains": ["birth"] },
  "patterns": { "emailAddresses": false }
}
\`\`\`

Lists add to the defaults; a single default cannot be taken away, a pattern can be switched off, and
\`"enabled": false\` switches all of it off. A file with an unknown key is refused with
\`AGENT_REDACTION_RULES_INVALID\`, and nothing starts.
`;
}
