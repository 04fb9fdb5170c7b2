export function runReplay(_f: string, _: object): Promise<number> {
  return Promise.resolve(1);
}
