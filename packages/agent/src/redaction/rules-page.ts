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
| \`patterns.urlCredentials\` | \`user:password@\` in URLs, also escaped, and where the capture ends before the \`@\`; \`user:password@tcp(\` of a driver |
| \`patterns.tokens\` | JSON web tokens; what follows \`Bearer\` or \`Basic\`; ids of access keys of AWS; private keys in PEM |
| \`patterns.cardNumbers\` | payment cards by prefix, length and check digit |
| \`patterns.emailAddresses\` | e-mail addresses |

A field is a query parameter, a member of a form, of JSON or XML, a command-line option, or a header that a field rule
names. Names are compared without case, and \`-\`, \`_\` and \`.\` count as the same.

A name is found as it is, and written with \`%70\`, \`\\u0070\` or \`&#112;\`, up to two such layers deep; in JSON that lies in
a string of JSON, in an attribute (\`&quot;\`) or in a query; in XML with attributes, name spaces or CDATA, also escaped;
in parts of a form, and as a member (\`user[password]\`, \`password[0]\`). What the capture cut off is taken out up to its end.

## What is not found

- A secret under a name that no rule has, or without a name, unless it is one of the patterns above.
- What is compressed, encrypted, in base64 or in a binary format (protobuf, CBOR) of a body. Recordings mask a compressed body whole.
- A JSON or XML text escaped twice in a query (\`%2522\`): its separators do not show.
- A value without quotes ends at a blank, a quote, \`&\`, \`<\` or \`>\`, behind a colon at a comma too: the rest of it shows.
- A card number, an e-mail address, or the first three characters of a token, where the capture was cut off inside of it.
- Elements within an element of a secret name: its own text is taken out up to the next tag.

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
