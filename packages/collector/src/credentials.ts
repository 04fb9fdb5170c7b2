import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { CollectorTls } from './collector-options.ts';

type CaListener = (update: { readonly caCertificate: Buffer } | null) => void;
type IdentityListener = (
  update: { readonly certificate: Buffer; readonly privateKey: Buffer } | null,
) => void;

/**
 * Hands certificates to the server, first and whenever they are renewed: handshakes from then on show the new ones. Never at
 * once: the server asks before it listens to the answer.
 */
class Certificates {
  #tls: CollectorTls;
  readonly #caListeners = new Set<CaListener>();
  readonly #identityListeners = new Set<IdentityListener>();

  constructor(tls: CollectorTls) {
    this.#tls = tls;
    tls.onRenewed?.((renewed) => this.#renew(renewed));
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#caListeners.add(listener);
    queueMicrotask(() => listener(this.#authorities()));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.add(listener);
    queueMicrotask(() => listener(this.#tls));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.delete(listener);
  }

  #renew(tls: CollectorTls): void {
    this.#tls = tls;
    for (const listener of this.#caListeners) listener(this.#authorities());
    for (const listener of this.#identityListeners) listener(tls);
  }

  #authorities(): { readonly caCertificate: Buffer } | null {
    const { agentAuthorities } = this.#tls;
    return agentAuthorities === undefined ? null : { caCertificate: agentAuthorities };
  }
}

export function toCredentials(tls: CollectorTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const certificates = new Certificates(tls);
  const areAgentsAsked = tls.agentAuthorities !== undefined;
  return experimental.createCertificateProviderServerCredentials(
    certificates,
    areAgentsAsked ? certificates : null,
    areAgentsAsked,
  );
}
