import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed certificate for localhost, valid for a week, made by openssl(1). */
export function makeCertificate(directory: string): CertificateFiles {
  const files = { certificate: join(directory, 'server.crt'), key: join(directory, 'server.key') };
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7']
      .concat(['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
      .concat(['-keyout', files.key, '-out', files.certificate]),
    { stdio: 'ignore' },
  );
  return files;
}
