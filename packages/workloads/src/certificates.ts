import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed certificate for localhost and `hosts`, valid for a week, made by openssl(1). */
export function makeCertificate(directory: string, hosts: readonly string[] = []): CertificateFiles {
  const names = ['DNS:localhost', 'IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join(',');
  const files = { certificate: join(directory, 'server.crt'), key: join(directory, 'server.key') };
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7']
      .concat(['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`])
      .concat(['-keyout', files.key, '-out', files.certificate]),
    { stdio: 'ignore' },
  );
  return files;
}

export interface Authority {
  /** Certificate of the authority itself (PEM). */
  readonly certificate: string;
  /** Signs a certificate for localhost and 127.0.0.1, and for further names of DNS; its subject is `/CN=name` unless given. */
  issue(
    name: string,
    more?: { readonly subject?: string; readonly dnsNames?: readonly string[] },
  ): CertificateFiles;
}

/** An authority of one's own with certificates for servers and clients, valid for a week, made by openssl(1). */
export function makeAuthority(directory: string, name: string): Authority {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore' });
  const pathOf = (file: string): string => join(directory, file);
  const keyArguments = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const certificate = pathOf(`${name}.crt`);
  const key = pathOf(`${name}.key`);
  openssl(
    ...['req', '-x509', ...keyArguments, '-days', '7', '-subj', `/CN=${name}`],
    ...outputs(key, certificate),
  );
  return {
    certificate,
    issue(name, { subject = `/CN=${name}`, dnsNames = [] } = {}) {
      const names = ['DNS:localhost', 'IP:127.0.0.1', ...dnsNames.map((each) => `DNS:${each}`)];
      const files = { certificate: pathOf(`${name}.crt`), key: pathOf(`${name}.key`) };
      openssl(
        ...['req', '-x509', ...keyArguments, '-days', '7', '-subj', subject],
        ...['-addext', `subjectAltName=${names.join(',')}`, '-CA', certificate, '-CAkey', key],
        ...outputs(files.key, files.certificate),
      );
      return files;
    },
  };
}

function outputs(key: string, certificate: string): readonly string[] {
  return ['-keyout', key, '-out', certificate];
}
