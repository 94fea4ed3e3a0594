/** Reads HTTP/1.1 responses from the bytes of a connection, as far as our servers use the protocol. */

export interface WireResponse {
  status: number;
  text: string;
  /** Whether the server closes the connection after it. */
  isLast: boolean;
}

/** A response and the number of bytes that it took. */
export interface ReadResponse extends WireResponse {
  end: number;
}

const HEAD_END = '\r\n\r\n';

/** @returns undefined if the bytes do not hold a whole response yet */
export function readResponse(bytes: Buffer): ReadResponse | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const isLast = /\r\nconnection: *close/i.test(head);
  const start = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = readChunks(bytes, start);
    return body && { status, isLast, ...body };
  }
  const end = start + Number(length ?? 0);
  if (bytes.length < end) return undefined;
  return { status, isLast, text: bytes.toString('utf8', start, end), end };
}

function readChunks(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  const parts: Buffer[] = [];
  for (let from = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', from);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', from, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString(), end: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    from = next;
  }
}
