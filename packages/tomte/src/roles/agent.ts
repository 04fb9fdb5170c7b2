export function runAgentRole(_: object): Promise<number> {
  return Promise.resolve(1);
}
