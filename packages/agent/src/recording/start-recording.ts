import { randomBytes } from 'node:crypto';
import type { RecordConfig } from '../agent/config.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { EventSink, SourceOrigin } from '../sources/source.ts';
import { MaskingSink } from './masking-sink.ts';
import { createRecordingWriter, defaultRecordingLimits } from './recording-writer.ts';
import type { RecordingEnd } from './recording-format.ts';
import { tee } from './tee.ts';

export interface Recording {
  /** A sink that records each event and hands it on. */
  tee(next: EventSink): EventSink;
  /** Why it has taken no more; undefined while it does. */
  readonly endReason: RecordingEnd | undefined;
  readonly events: number;
  /** What waits to be masked goes into the file. */
  end(): void;
  /** @throws AppError AGENT_RECORDING_UNWRITABLE */
  close(): Promise<void>;
}

/**
 * Starts a recording, with secrets taken out unless it is raw.
 * @throws AppError AGENT_RECORDING_UNWRITABLE
 */
export async function startRecording(
  config: RecordConfig,
  of: { agentId: string; bootId: string; hostName: string; clusterName: string; origin: SourceOrigin },
  redactor: Redactor,
): Promise<Recording> {
  const { agentId, bootId, hostName, clusterName, origin } = of;
  const recordingId = randomBytes(16).toString('hex');
  const head = { agentId, bootId, hostName, clusterName, origin, recordingId, isRaw: config.isRaw };
  const writer = await createRecordingWriter(config.path, head, {
    ...defaultRecordingLimits,
    ...config.limits,
  });
  const masking = config.isRaw ? undefined : new MaskingSink(writer, redactor);
  return {
    tee: (next) => tee(masking ?? writer, next),
    get endReason() {
      return writer.endReason;
    },
    get events() {
      return writer.events;
    },
    end() {
      masking?.finishAll();
      writer.end('source_ended');
    },
    close: () => writer.close(config.path),
  };
}
