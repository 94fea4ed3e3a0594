/** A fast HTTP client for load generation: it keeps connections alive, and does not parse bodies. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface LoadResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Empty if the request discards it. */
  text: string;
  /** The length of the body as it was sent. */
  bytes: number;
  /** From sending to the end of the response, in ms. */
  ms: number;
}

export interface LoadRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is JSON already. A form is sent as one. */
  body?: object | string | URLSearchParams;
  /** Counts the bytes of the response's body without reading them as text. */
  discards?: boolean;
}

export class LoadClient {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      scheduling: 'fifo',
    });
  }

  async send(request: LoadRequest): Promise<LoadResponse> {
    for (;;) {
      try {
        return await this.#send(request);
      } catch (error) {
        // The server was closing an idle connection after a minute, and has not read the request. Other kept-alive
        // connections may be closing too, so the retry can fail in the same way.
        const { code, isReused } = error as NodeJS.ErrnoException & { isReused?: boolean };
        if (code !== 'ECONNRESET' || !isReused) throw error;
      }
    }
  }

  #send({
    method,
    path,
    headers = {},
    body,
    discards = false,
  }: LoadRequest): Promise<LoadResponse> {
    const isForm = body instanceof URLSearchParams;
    const text = typeof body === 'string' ? body : isForm ? String(body) : JSON.stringify(body);
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path,
          headers: {
            ...headers,
            ...(text && {
              'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
              'Content-Length': String(Buffer.byteLength(text)),
            }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          // A connection that breaks during the response is an error of the response, not of the request.
          response.on('error', reject);
          response.on('data', (part: Buffer) => {
            bytes += part.length;
            if (!discards) parts.push(part);
          });
          response.on('end', () => {
            const ms = performance.now() - started;
            const text = Buffer.concat(parts).toString();
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, text, bytes, ms });
          });
        },
      );
      sent.on('error', (error) => reject(Object.assign(error, { isReused: sent.reusedSocket })));
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
