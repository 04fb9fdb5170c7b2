/** A TCP segment inside of a captured packet. Addresses are 16 bytes, IPv4 as v4-mapped. */
export interface TcpSegment {
  readonly source: Uint8Array;
  readonly sourcePort: number;
  readonly target: Uint8Array;
  readonly targetPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly isSyn: boolean;
  readonly isAck: boolean;
  readonly isFin: boolean;
  readonly isReset: boolean;
  /** What was captured of the payload. */
  readonly payload: Uint8Array;
  /** Its true length. */
  readonly payloadBytes: number;
}

export type Dissected =
  | { readonly kind: 'tcp'; readonly segment: TcpSegment }
  | { readonly kind: 'fragment'; readonly bytes: number }
  | undefined;

const ETHERTYPE = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  vlan: 0x8100,
  providerVlan: 0x88a8,
  oldProviderVlan: 0x9100,
  pppoe: 0x8864,
} as const;
const LINK = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;
const PROTOCOL_TCP = 6;
const MAX_VLAN_TAGS = 4;
const MAX_EXTENSION_HEADERS = 8;

const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const uint32 = (bytes: Uint8Array, at: number): number =>
  ((uint16(bytes, at) << 16) | uint16(bytes, at + 2)) >>> 0;

/** Finds the TCP segment of a packet; undefined for everything else. Never throws. */
export function dissect(linkType: number, bytes: Uint8Array, trueBytes: number): Dissected {
  const start = networkStart(linkType, bytes);
  if (start === undefined || start >= bytes.length) return undefined;
  const packet = bytes.subarray(start);
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4) return dissectIpv4(packet, trueBytes - start);
  return version === 6 ? dissectIpv6(packet, trueBytes - start) : undefined;
}

/** Where the network header begins. The IP version is in it, so address families need no table. */
function networkStart(linkType: number, bytes: Uint8Array): number | undefined {
  switch (linkType) {
    case LINK.ethernet:
      return afterEtherType(bytes, 12);
    case LINK.linuxSll:
      return afterEtherType(bytes, 14);
    case LINK.linuxSll2:
      return isIp(uint16(bytes, 0)) ? 20 : undefined;
    case LINK.null:
    case LINK.loop:
      return 4;
    case LINK.raw:
    case LINK.rawBsd:
    case LINK.rawOpenBsd:
    case LINK.ipv4:
    case LINK.ipv6:
      return 0;
    default:
      return undefined;
  }
}

function isIp(etherType: number): boolean {
  return etherType === ETHERTYPE.ipv4 || etherType === ETHERTYPE.ipv6;
}

/** Behind the EtherType at `at`, and behind any IEEE 802.1Q and 802.1ad tags. */
function afterEtherType(bytes: Uint8Array, at: number): number | undefined {
  let typeAt = at;
  for (let tags = 0; tags <= MAX_VLAN_TAGS; tags += 1) {
    const type = uint16(bytes, typeAt);
    if (isIp(type)) return typeAt + 2;
    if (type === ETHERTYPE.pppoe) return afterPppoe(bytes, typeAt + 2);
    const isTag =
      type === ETHERTYPE.vlan || type === ETHERTYPE.providerVlan || type === ETHERTYPE.oldProviderVlan;
    if (!isTag) return undefined;
    typeAt += 4;
  }
  return undefined;
}

/** RFC 2516 §4: six bytes, then the PPP protocol (0x0021 IPv4, 0x0057 IPv6). */
function afterPppoe(bytes: Uint8Array, at: number): number | undefined {
  const protocol = uint16(bytes, at + 6);
  return protocol === 0x0021 || protocol === 0x0057 ? at + 8 : undefined;
}

function dissectIpv4(packet: Uint8Array, trueBytes: number): Dissected {
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  if (headerBytes < 20 || packet.length < 20) return undefined;
  // A length of 0 is what segmentation offload leaves to the network card.
  const totalBytes = uint16(packet, 2) === 0 ? trueBytes : Math.min(uint16(packet, 2), trueBytes);
  if (packet[9] !== PROTOCOL_TCP) return undefined;
  if ((uint16(packet, 6) & 0x3fff) !== 0)
    return { kind: 'fragment', bytes: Math.max(0, totalBytes - headerBytes) };
  const addresses = { source: toMapped(packet, 12), target: toMapped(packet, 16) };
  return dissectTcp(packet.subarray(headerBytes, totalBytes), totalBytes - headerBytes, addresses);
}

function dissectIpv6(packet: Uint8Array, trueBytes: number): Dissected {
  if (packet.length < 40) return undefined;
  const payloadBytes = uint16(packet, 4);
  const totalBytes = payloadBytes === 0 ? trueBytes : Math.min(40 + payloadBytes, trueBytes);
  const found = skipExtensions(packet);
  if (found === undefined) return undefined;
  if (found.isFragment) return { kind: 'fragment', bytes: Math.max(0, totalBytes - found.at) };
  const addresses = { source: packet.slice(8, 24), target: packet.slice(24, 40) };
  return dissectTcp(packet.subarray(found.at, totalBytes), totalBytes - found.at, addresses);
}

/** RFC 8200 §4: hop-by-hop, routing, fragment, destination options, authentication, mobility. */
function skipExtensions(packet: Uint8Array): { at: number; isFragment: boolean } | undefined {
  let next = packet[6] ?? 0;
  let at = 40;
  for (let headers = 0; headers <= MAX_EXTENSION_HEADERS; headers += 1) {
    if (next === PROTOCOL_TCP) return { at, isFragment: false };
    const lengthField = packet[at + 1] ?? 0;
    if (next === 44) {
      if ((uint16(packet, at + 2) & 0xfff9) !== 0) return { at: at + 8, isFragment: true };
      next = packet[at] ?? 59;
      at += 8;
    } else if (next === 0 || next === 43 || next === 60 || next === 135) {
      next = packet[at] ?? 59;
      at += (lengthField + 1) * 8;
    } else if (next === 51) {
      next = packet[at] ?? 59;
      at += (lengthField + 2) * 4;
    } else return undefined;
  }
  return undefined;
}

function dissectTcp(
  bytes: Uint8Array,
  trueBytes: number,
  addresses: { source: Uint8Array; target: Uint8Array },
): Dissected {
  const headerBytes = ((bytes[12] ?? 0) >> 4) * 4;
  if (bytes.length < 20 || headerBytes < 20 || trueBytes < headerBytes) return undefined;
  const flags = bytes[13] ?? 0;
  return {
    kind: 'tcp',
    segment: {
      ...addresses,
      sourcePort: uint16(bytes, 0),
      targetPort: uint16(bytes, 2),
      sequence: uint32(bytes, 4),
      acknowledgement: uint32(bytes, 8),
      isFin: (flags & 1) !== 0,
      isSyn: (flags & 2) !== 0,
      isReset: (flags & 4) !== 0,
      isAck: (flags & 16) !== 0,
      payload: bytes.subarray(headerBytes),
      payloadBytes: trueBytes - headerBytes,
    },
  };
}

function toMapped(packet: Uint8Array, at: number): Uint8Array {
  const address = new Uint8Array(16);
  address[10] = 0xff;
  address[11] = 0xff;
  address.set(packet.subarray(at, at + 4), 12);
  return address;
}
