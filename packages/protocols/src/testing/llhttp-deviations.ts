import type { ReadMessage } from './read-message.ts';

/** A deliberate difference between our reader and llhttp. */
export interface Deviation {
  readonly name: string;
  /** Why ours differs. */
  readonly reason: string;
  /** Vectors that show it, and what ours makes of them. */
  readonly shownBy: Readonly<Record<string, readonly Partial<ReadMessage>[]>>;
  /** Where llhttp stops with one of these, ours may go on. */
  readonly codes?: readonly string[];
  /** Messages that llhttp accepts and ours reads otherwise on purpose. */
  readonly covers?: (message: ReadMessage) => boolean;
}

/**
 * An observer does not choose what its peers accept: a server that answers a sloppy request has answered it.
 * So ours goes on where the message's end is beyond doubt, and gives up where it is not, like llhttp.
 */
export const deviations: readonly Deviation[] = [
  {
    name: 'any_method',
    reason: 'RFC 9110 §9.1: methods are an open set of tokens; llhttp knows a list.',
    codes: ['HPE_INVALID_METHOD'],
    shownBy: {
      'request: unknown method': [{ start: 'BREW /pot' }],
      'request: method in small letters': [{ start: 'get /' }],
    },
  },
  {
    name: 'any_target',
    reason:
      'Servers answer such requests (mostly with 400), and they are what one looks for. llhttp refuses the bytes.',
    codes: ['HPE_INVALID_URL', 'HPE_INVALID_CONSTANT'],
    shownBy: {
      'request: target with a blank': [{ start: 'GET /a b' }],
      'request: target with a tab and a delete': [{ start: 'GET /\t\x7f' }],
      'request: target of obs-text': [{ start: 'GET /\xe4\xff' }],
      'request: target that ends in a no-break space': [{ start: 'GET /a\xa0' }],
      'request: target without a slash': [{ start: 'GET index.html' }],
    },
  },
  {
    name: 'other_versions_are_others',
    reason: 'HTTP/0.9 has no version and no status line, HTTP/2 other framing; RTSP and ICE are not HTTP.',
    covers: ({ version }) => !version.startsWith('1.'),
    shownBy: {
      'request: HTTP/0.9': [],
      'request: HTTP/2.0': [],
      'request: RTSP': [],
      'request: ICE': [],
    },
  },
  {
    name: 'any_minor_version',
    reason: 'RFC 9110 §2.5: a minor version changes no framing. As llhttp with its lenient version flag.',
    codes: ['HPE_INVALID_VERSION'],
    shownBy: {
      'request: HTTP/1.7': [{ version: '1.7' }],
      'response: HTTP/1.9': [{ version: '1.9', to: 38 }],
    },
  },
  {
    name: 'bare_line_feed',
    reason: 'RFC 9112 §2.2 allows it, and servers take it. As llhttp with its lenient flags.',
    codes: ['HPE_CR_EXPECTED', 'HPE_INVALID_VERSION', 'HPE_INVALID_STATUS', 'HPE_STRICT'],
    shownBy: {
      'request: bare line feeds': [{ body: 'ok' }, { headers: { a: 'b' } }],
      'request: bare line feeds around chunks': [{ body: 'AB', trailers: { c: 'd' } }],
      'response: bare line feeds': [{ body: 'ok', headers: { 'content-length': '2', foo: 'abc' } }],
    },
  },
  {
    name: 'bare_line_feed_before_nothing',
    reason:
      'The lenient llhttp waits for another byte when no field follows the start line; the head is whole.',
    codes: ['HPE_INVALID_VERSION'],
    shownBy: { 'request: bare line feeds without fields': [{ start: 'GET /' }, { start: 'GET /2' }] },
  },
  {
    name: 'bare_carriage_return_is_no_line_break',
    reason:
      'RFC 9112 §2.2: it ends no line. The byte stays in the value, so that it can be seen; llhttp stops, or, lenient, breaks the line.',
    codes: ['HPE_LF_EXPECTED', 'HPE_STRICT'],
    shownBy: {
      'request: bare carriage return in a value': [{ headers: { a: 'b\rC: d', e: 'f' } }],
      'request: bare carriage return for a line break': [{ headers: { a: 'b' }, to: 31 }],
    },
  },
  {
    name: 'folded_values',
    reason: 'RFC 9112 §5.2: unfolded with a blank. As llhttp with lenient headers.',
    codes: ['HPE_INVALID_HEADER_TOKEN'],
    shownBy: {
      'request: folded value': [{ headers: { line1: 'abc def ghi jkl', line2: 'x' } }],
      'request: folded value that begins on the second line': [
        { headers: { line3: 'line3', line4: '', connection: 'close' }, keepsAlive: false },
      ],
      'response: folded value': [{ headers: { server: 'a b', 'content-length': '0' } }],
      'response: folded behind a coding': [
        { headers: { 'transfer-encoding': 'chunked abc' }, keepsAlive: false },
      ],
    },
  },
  {
    name: 'folded_framing',
    reason:
      'RFC 9112 §5.2 unfolds before interpreting; the lenient llhttp forgets what it had matched at the fold.',
    codes: ['HPE_INVALID_HEADER_TOKEN'],
    shownBy: { 'request: folded coding': [{ body: 'a' }] },
  },
  {
    name: 'malformed_fields_are_counted',
    reason:
      'A line that is no field decides nothing about where the head ends. It is counted in `malformedLines`; llhttp stops.',
    codes: ['HPE_INVALID_HEADER_TOKEN', 'HPE_UNEXPECTED_SPACE'],
    shownBy: {
      'request: name with a control byte': [{ headers: { b: 'c' } }],
      'request: no name': [{ headers: { b: 'c' } }],
      'request: no colon': [{ headers: { b: 'c' } }],
      'response: no colon': [{ headers: { 'content-length': '0' } }],
    },
  },
  {
    name: 'blank_behind_the_start_line',
    reason: 'RFC 9112 §2.2: consumed without further processing. The lenient llhttp makes a field of it.',
    codes: ['HPE_UNEXPECTED_SPACE'],
    shownBy: { 'request: blank behind the start line': [{ headers: { b: 'c' } }] },
  },
  {
    name: 'blank_before_the_colon',
    reason: 'RFC 9112 §5.1 has servers refuse and proxies mend it: mended here, since some servers take it.',
    codes: ['HPE_INVALID_HEADER_TOKEN'],
    shownBy: { 'request: blank before the colon': [{ headers: { a: 'b' } }] },
  },
  {
    name: 'any_value_byte',
    reason: 'Control bytes in a value end nothing. As llhttp with lenient headers.',
    codes: ['HPE_INVALID_HEADER_TOKEN'],
    shownBy: { 'request: value with a control byte': [{ headers: { a: 'b\x01c\x00d' } }] },
  },
  {
    name: 'repeated_equal_lengths',
    reason: 'RFC 9110 §8.6: the same length several times is that length.',
    codes: ['HPE_UNEXPECTED_CONTENT_LENGTH', 'HPE_INVALID_CONTENT_LENGTH'],
    shownBy: {
      'request: the same length twice': [{ body: 'a' }],
      'request: the same length twice in one field': [{ body: 'a' }],
      'response: the same length twice': [{ body: 'a' }],
    },
  },
  {
    name: 'length_where_it_does_not_count',
    reason:
      'RFC 9110 §8.6: in an answer without a body (204, 304, to HEAD) the length ends nothing, whatever it says.',
    codes: ['HPE_INVALID_CONTENT_LENGTH'],
    shownBy: { 'response: 304 with a malformed length': [{ start: '304' }, { body: 'a' }] },
  },
  {
    name: 'chunked_beats_length',
    reason:
      'RFC 9112 §6.3 rule 3. As llhttp with lenient chunked length; the conflict is an attribute of the exchange.',
    codes: ['HPE_INVALID_TRANSFER_ENCODING', 'HPE_UNEXPECTED_CONTENT_LENGTH', 'HPE_INVALID_CONTENT_LENGTH'],
    shownBy: {
      'request: a length and chunks': [{ body: 'a' }],
      'response: a length and chunks': [{ body: 'a' }],
    },
  },
  {
    name: 'empty_coding',
    reason: 'RFC 9110 §5.6.1: an empty list names no coding, so the length counts.',
    codes: ['HPE_INVALID_TRANSFER_ENCODING'],
    shownBy: { 'request: empty coding': [{ body: 'ab' }] },
  },
  {
    name: 'blank_behind_the_chunk_size',
    reason: 'RFC 9112 §7.1.1 allows bad whitespace before extensions. As llhttp with its lenient flag.',
    codes: ['HPE_INVALID_CHUNK_SIZE'],
    shownBy: { 'request: chunk size with a blank': [{ body: 'a' }] },
  },
  {
    name: 'any_chunk_extension',
    reason:
      'RFC 9112 §7.1.1: unrecognised extensions are ignored; the line break ends them, whatever they hold.',
    codes: ['HPE_STRICT'],
    shownBy: {
      'request: chunk extension without a name': [{ body: 'a' }],
      'request: chunk extension with an open quote': [{ body: 'a' }],
    },
  },
  {
    name: 'goes_on_after_close',
    reason: 'What comes is read, whatever was announced. As llhttp with lenient keep-alive.',
    codes: ['HPE_CLOSED_CONNECTION'],
    shownBy: {
      'request: data behind close': [{ keepsAlive: false }, { start: 'GET /2' }],
      'response: data behind close': [{ keepsAlive: false }, { start: '204' }],
      'response: data behind a 304 with close': [{ keepsAlive: false }, { start: '204' }],
    },
  },
  {
    name: 'a_request_is_a_wish',
    reason:
      'RFC 9110 §7.8, §9.3.6: the answer decides whether the protocol changes. llhttp stops at the request.',
    shownBy: {
      'request: Upgrade that is a wish': [{ start: 'GET /ws', upgrades: false }, { start: 'GET /next' }],
      'request: CONNECT': [{ start: 'CONNECT h.example:443', upgrades: false }],
    },
  },
  {
    name: 'status_101_decides',
    reason:
      'RFC 9110 §15.2.2: after 101 the bytes are another protocol. llhttp asks for the fields too, and reads on.',
    codes: ['HPE_INVALID_CONSTANT'],
    covers: ({ start, upgrades }) => start === '101' && !upgrades,
    shownBy: { 'response: 101 without Upgrade': [{ start: '101', upgrades: true }] },
  },
];
