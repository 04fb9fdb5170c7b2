import { AppError } from '@tomte/kit';

/** Every error of the room: who can mend it, and how. */
const k8sErrors = {
  K8S_API_UNREACHABLE: {
    family: 'operational',
    remedy:
      'Nothing, if it passes: what is known stays. Else check the address, the network policy and the certificate.',
  },
  K8S_API_REFUSED: {
    family: 'operational',
    remedy: 'Check the service account and its roles: the chart lists each verb that is needed.',
  },
  K8S_API_FAILED: {
    family: 'operational',
    remedy: 'Nothing, if it passes: it is asked again, more and more slowly.',
  },
  K8S_ANSWER_TOO_LARGE: {
    family: 'operational',
    remedy: 'Report it: no object of Kubernetes is that large.',
  },
  K8S_OWNER_UNKNOWN: {
    family: 'operational',
    remedy: 'Install its definition, or name it no longer; it is asked for again about every minute.',
  },
  K8S_NAMES_CUT: {
    family: 'operational',
    remedy: 'Keep fewer: a name that ends in `*` may stand for many.',
  },
  K8S_ACCESS_BUSY: { family: 'operational', remedy: 'Ask again in a moment.' },
  K8S_TOKEN_UNREADABLE: {
    family: 'operational',
    remedy: 'Mount the token and the certificate of the service account, readable by this user.',
  },
} as const;

export type K8sErrorCode = keyof typeof k8sErrors;

export class K8sError extends AppError {
  /** HTTP status of the answer; 0 where there was none. */
  readonly status: number;
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds: number;

  constructor(
    code: K8sErrorCode,
    facts: string,
    more: { cause?: unknown; status?: number; retryAfterSeconds?: number } = {},
  ) {
    super(code, facts, { ...k8sErrors[code], cause: more.cause });
    this.status = more.status ?? 0;
    this.retryAfterSeconds = more.retryAfterSeconds ?? 0;
  }
}
