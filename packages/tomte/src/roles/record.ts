export function runRecord(_: object): Promise<number> {
  return Promise.resolve(1);
}
