import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ChannelOptions } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';
import { CONNECT_PATH } from './agent-service.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';

/**
 * HTTP/2 window of a stream and of its session. With the default of 64 KiB a stream carries 3.7 MB/s
 * at a round trip of 11 ms; 100 MB/s at 10 ms need 1 MB, and the rest covers a busy event loop.
 */
export const FLOW_WINDOW_BYTES = 8 * 1024 * 1024;

const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** Options of both ends of the channel. */
export const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.keepalive_permit_without_calls': 1,
  // Reconnecting is ours: one stream, backoff with jitter.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
};

interface StreamCreated {
  readonly stream: ServerHttp2Stream;
  readonly headers: Readonly<Record<string, unknown>>;
}

function isStreamCreated(message: unknown): message is StreamCreated {
  return typeof message === 'object' && message !== null && 'stream' in message && 'headers' in message;
}

/** A session is widened once: a peer owes an answer to each of our SETTINGS, and Node ends a session that owes too many. */
const widened = new WeakSet<object>();

function widen(message: unknown): void {
  if (!isStreamCreated(message) || message.headers[':path'] !== CONNECT_PATH) return;
  const session = message.stream.session;
  if (session === undefined || session.destroyed || widened.has(session)) return;
  widened.add(session);
  session.setLocalWindowSize(FLOW_WINDOW_BYTES);
  session.settings({ initialWindowSize: FLOW_WINDOW_BYTES });
}

/**
 * Widens the windows of every agent's session as it opens its stream. grpc-js 1.14 has an option for
 * its clients alone (`grpc-node.flow_control_window`) and keeps the server's session private; Node
 * publishes each server stream on a diagnostics channel. Returns what undoes it.
 */
export function widenServerWindows(): () => void {
  subscribe('http2.server.stream.created', widen);
  return () => unsubscribe('http2.server.stream.created', widen);
}
