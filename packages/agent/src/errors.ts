import { AppError } from '@tomte/kit';

/** Errors of the agent that a person can meet; the spool's are in `spool/spool-errors.ts`. */
export const agentErrors = {
  captureUnreadable: (path: string, cause: unknown) =>
    new AppError('AGENT_CAPTURE_UNREADABLE', `the file ${path} cannot be opened`, {
      family: 'user',
      remedy: 'Check the path and its permissions.',
      cause,
    }),
  captureInUse: (path: string) =>
    new AppError('AGENT_CAPTURE_IN_USE', `another replay of ${path} runs on this machine`, {
      family: 'user',
      remedy: 'Wait for its end: what it stores is not stored twice.',
    }),
  captureUnknown: (path: string, detail: string) =>
    new AppError('AGENT_CAPTURE_UNKNOWN', `${path} is no capture: ${detail}`, {
      family: 'user',
      remedy: 'Give a recording of `tomte record`, or a pcap or pcapng file.',
    }),
  recordingVersion: (path: string, version: number, known: number) =>
    new AppError(
      'AGENT_RECORDING_VERSION',
      `the recording ${path} has format ${version}, this agent reads ${known}`,
      {
        family: 'user',
        remedy: 'Replay it with the version of Tomte that made it.',
      },
    ),
  recordingDamaged: (path: string, detail: string) =>
    new AppError('AGENT_RECORDING_DAMAGED', `the head of the recording ${path} is damaged: ${detail}`, {
      family: 'user',
      remedy: 'Make the recording again; nothing of this one can be read.',
    }),
  recordingTruncated: (path: string, readEvents: number, detail: string) =>
    new AppError(
      'AGENT_RECORDING_TRUNCATED',
      `the recording ${path} breaks off after ${readEvents} events: ${detail}`,
      {
        family: 'operational',
        remedy: 'What stands before the break was replayed; the rest is lost.',
      },
    ),
  recordingUnwritable: (path: string, cause: unknown) =>
    new AppError('AGENT_RECORDING_UNWRITABLE', `the recording ${path} cannot be written`, {
      remedy: 'Give a path that does not exist yet, on a disk with room.',
      cause,
    }),
  redactionRules: (where: string, detail: string) =>
    new AppError('AGENT_REDACTION_RULES_INVALID', `${where}: ${detail}`, {
      family: 'user',
      remedy: 'Mend the rules: packages/agent/testdata/redaction/good has examples.',
    }),
  endpointUnavailable: (where: string, cause: unknown) =>
    new AppError('AGENT_ENDPOINT_UNAVAILABLE', `the agent cannot listen on ${where}`, {
      family: 'user',
      remedy: 'Free the port or the socket, or choose another.',
      cause,
    }),
} as const;
