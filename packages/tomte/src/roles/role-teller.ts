/** What a role says while it runs: one object, and the sentence that says the same to people. */
export type RoleEvent = Readonly<Record<string, unknown>> & { readonly kind: string };
export type RoleTeller = (event: RoleEvent, sentence: string) => void;

/** Sentences on stderr; with --json events on stdout, one a line. */
export function createRoleTeller(isJson: boolean): RoleTeller {
  if (isJson) return (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  return (_, sentence) => void process.stderr.write(`${sentence}\n`);
}
