/** The little that the simulator reads and writes of PostgreSQL's protocol (its documentation, 54.7 "Message Formats"). */

const HEADER = 5;

/** Splits messages that have a type. An incomplete one at the end is left out. */
export function* messagesIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) return;
    yield bytes.subarray(at, end);
    at = end;
  }
}

export interface WireText {
  type: string;
  body: string;
  /** The body as bytes. */
  raw: Buffer;
}

export function* textsIn(bytes: Buffer): Generator<WireText> {
  for (const message of messagesIn(bytes)) {
    const raw = message.subarray(HEADER);
    const type = String.fromCharCode(message[0] as number);
    yield { type, raw, body: type === 'D' ? '' : raw.toString('latin1') };
  }
}

/** The name of the statement that a Parse prepares; undefined for others, and without a name. */
export function parsedName(message: Buffer): string | undefined {
  if (message[0] !== 'P'.charCodeAt(0)) return undefined;
  const name = message.toString('utf8', HEADER, message.indexOf(0, HEADER));
  return name === '' ? undefined : name;
}

/** Whether the server answers what came up to this message. */
export function endsCycle(message: Buffer): boolean {
  const type = String.fromCharCode(message[0] as number);
  return type === 'S' || type === 'Q';
}

export const isTerminate = (message: Buffer): boolean => message[0] === 'X'.charCodeAt(0);

function message(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write(type, 'latin1');
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

export function simpleQuery(text: string): Buffer {
  return message('Q', Buffer.from(`${text}\0`));
}

/** The messages that prepare a statement without parameters. */
export function prepare(name: string, text: string): Buffer {
  const parse = message('P', Buffer.from(`${name}\0${text}\0\0\0`));
  return Buffer.concat([parse, message('S', Buffer.alloc(0))]);
}

/** The messages that execute it. */
export function executePrepared(name: string): Buffer {
  return Buffer.concat([
    message('B', Buffer.from(`\0${name}\0\0\0\0\0\0\0`)),
    message('E', Buffer.alloc(5)),
    message('S', Buffer.alloc(0)),
  ]);
}

export const PARSE_COMPLETE: Buffer = message('1', Buffer.alloc(0));

/** What the server says to a client that has connected. */
export const WELCOME: Buffer = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('S', Buffer.from('server_version\x0018.6\0')),
  message('S', Buffer.from('client_encoding\0UTF8\0')),
  message('S', Buffer.from('in_hot_standby\0off\0')),
  message('S', Buffer.from('default_transaction_read_only\0off\0')),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
]);
