/** A fast HTTP client for load generation: it keeps connections alive, and does not parse bodies. */
import { Agent, request } from 'node:http';

export interface LoadResponse {
  status: number;
  text: string;
  /** From sending to the end of the response, in ms. */
  ms: number;
}

export interface LoadRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
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

  #send({ method, path, headers = {}, body }: LoadRequest): Promise<LoadResponse> {
    const text = body && JSON.stringify(body);
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
              'Content-Type': 'application/json',
              'Content-Length': String(Buffer.byteLength(text)),
            }),
          },
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          // A connection that breaks during the response is an error of the response, not of the request.
          response.on('error', reject);
          response.on('data', (part) => {
            received += part;
          });
          response.on('end', () => {
            const ms = performance.now() - started;
            resolve({ status: response.statusCode ?? 0, text: received, ms });
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
