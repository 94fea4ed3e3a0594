/** A fast HTTP client for load: kept connections, no parsing of what nobody looks at. */
import { Agent, request } from 'node:http';

export interface LoadAnswer {
  status: number;
  text: string;
  /** From sending to the end of the answer, in ms. */
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
      ...{ keepAlive: true, maxSockets: connections, maxFreeSockets: connections },
      scheduling: 'fifo',
    });
  }

  async send(request: LoadRequest): Promise<LoadAnswer> {
    for (;;) {
      try {
        return await this.#send(request);
      } catch (error) {
        // The server was just closing a kept connection, after a minute without use: nothing was sent. All those kept
        // may be closing, so the retry can meet another one.
        const { code, wasKept } = error as NodeJS.ErrnoException & { wasKept?: boolean };
        if (code !== 'ECONNRESET' || !wasKept) throw error;
      }
    }
  }

  #send({ method, path, headers = {}, body }: LoadRequest): Promise<LoadAnswer> {
    const text = body && JSON.stringify(body);
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path },
          headers: {
            ...headers,
            ...(text && {
              'Content-Type': 'application/json',
              'Content-Length': String(Buffer.byteLength(text)),
            }),
          },
        },
        (answer) => {
          let received = '';
          answer.setEncoding('utf8');
          // A connection that breaks in an answer is an error of the answer, not of the request.
          answer.on('error', reject);
          answer.on('data', (part) => {
            received += part;
          });
          answer.on('end', () => {
            const ms = performance.now() - started;
            resolve({ status: answer.statusCode ?? 0, text: received, ms });
          });
        },
      );
      sent.on('error', (error) => reject(Object.assign(error, { wasKept: sent.reusedSocket })));
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
