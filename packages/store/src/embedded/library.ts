import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';

/** Path of libchdb.so, a whole ClickHouse, as the package `chdb` brings it for this platform. */
export function findLibrary(): string {
  const packageName = `@chdb/lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
  try {
    // The library's packages are dependencies of chdb, so they are looked up from there.
    const chdb = createRequire(import.meta.url).resolve('chdb/package.json');
    return join(dirname(createRequire(chdb).resolve(`${packageName}/package.json`)), 'libchdb.so');
  } catch (cause) {
    throw new StoreError('STORE_EMBEDDED_MISSING', `the package ${packageName} is not installed`, { cause });
  }
}
