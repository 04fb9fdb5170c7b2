import { createHash, timingSafeEqual } from 'node:crypto';
import { status as grpcStatus } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';

/** Whether an agent may speak, and as whom: streams of one spool belong to one principal. */
export type AgentVerdict =
  | {
      readonly kind: 'authentic';
      readonly principal: string;
      /** After so long the stream ends, and the agent shows the token that it has then; absent: it is good for ever. */
      readonly goodForMs?: number;
    }
  /** The token is none of ours: wrong, expired, or for another audience. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Nobody could be asked; the agent tries again soon. */
  | { readonly kind: 'unanswered'; readonly detail: string };

/** Looks at the token that an agent shows; undefined when it shows none. */
export type AuthenticateAgent = (token: string | undefined) => Promise<AgentVerdict>;

export interface CallRefusal {
  readonly code: grpcStatus;
  readonly details: string;
}

/** Longer is no token: a service account's has some 1,200 characters. */
const MAX_TOKEN_CHARACTERS = 16_384;

/** Asks for no token: every agent that can connect is one. */
export const authenticateAll: AuthenticateAgent = () => Promise.resolve({ kind: 'authentic', principal: '' });

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Agents that show this shared secret. The time taken tells nothing of it. */
export function authenticateBySecret(secret: string): AuthenticateAgent {
  const expected = digestOf(secret);
  return (token) => {
    const isEqual = timingSafeEqual(digestOf(token ?? ''), expected);
    return Promise.resolve(
      isEqual && token !== undefined
        ? { kind: 'authentic', principal: '' }
        : { kind: 'refused', detail: 'the token is wrong' },
    );
  };
}

/** The token of the call's `authorization: Bearer …`. */
export function tokenOf(metadata: Metadata): string | undefined {
  const shown = metadata.get('authorization')[0];
  const text = typeof shown === 'string' && shown.length <= MAX_TOKEN_CHARACTERS ? shown : '';
  return /^Bearer (\S+)$/.exec(text)?.[1];
}

export function toRefusal(verdict: Exclude<AgentVerdict, { kind: 'authentic' }>): CallRefusal {
  const code = verdict.kind === 'refused' ? grpcStatus.UNAUTHENTICATED : grpcStatus.UNAVAILABLE;
  return { code, details: verdict.detail };
}
