/** Protocols and their numbers. A number is for ever: append, never reuse. */
export const protocolId = {
  unknown: 0,
  http: 1,
} as const;

export type ProtocolName = keyof typeof protocolId;

export const protocolNames = Object.keys(protocolId) as readonly ProtocolName[]; // Proof: the keys of the literal above.
