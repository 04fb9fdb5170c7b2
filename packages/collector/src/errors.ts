import { AppError } from '@tomte/kit';

/** Errors of the collector that a person can meet. */
export const collectorErrors = {
  cannotListen: (address: string, cause: unknown) =>
    new AppError('COLLECTOR_CANNOT_LISTEN', `the address ${address} cannot be listened on`, {
      cause,
      remedy: 'Free the port, or choose another one with --listen.',
    }),
  tlsIncomplete: () =>
    new AppError('COLLECTOR_TLS_INCOMPLETE', 'TLS needs both a certificate and a private key', {
      family: 'user',
      remedy: 'Give both files, or neither.',
    }),
} as const;
