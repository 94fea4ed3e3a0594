/** A small HTTP client that speaks the contract of the API, for tests. */
import type {
  Concert,
  QueueEntry,
  Schedule,
  Seat,
} from '../../../src/commands/schemas/resources.ts';
import { waitFor } from '../wait-for.ts';
import { expectDocumented } from './documented-api.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

export interface RequestOptions {
  token?: string | undefined;
  queueToken?: string | undefined;
  body?: unknown;
  /** Sent unchanged instead of `body`. */
  text?: string;
  headers?: Record<string, string>;
}

export class TestClient {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { token, queueToken, body, text, headers = {} } = options;
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.base + path, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(queueToken !== undefined && { 'Queue-Token': queueToken }),
        ...(sent !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    const received = await response.text();
    const isJson = received !== '' && /json/.test(response.headers.get('content-type') ?? '');
    const parsed = isJson ? JSON.parse(received) : received;
    const answer = { status: response.status, headers: response.headers, body: parsed };
    expectDocumented(method, path, answer);
    return answer;
  }

  /** Sends a command and waits for its outcome. */
  command(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const headers = { Prefer: 'wait=20', ...options.headers };
    return this.request(method, path, { ...options, headers });
  }

  async tokenFor(subject: string, role?: 'admin'): Promise<string> {
    const { body } = await this.request('POST', '/auth/token', { body: { subject, role } });
    return body.accessToken;
  }

  /** An admitted user. */
  async admitted(subject: string): Promise<AdmittedUser> {
    const token = await this.tokenFor(subject);
    await this.command('POST', '/users/queue', { token });
    const queueToken = await waitFor(`${subject} is admitted`, async () => {
      const { body } = await this.request('GET', '/users/queue', { token });
      return (body as QueueEntry).queueToken ?? undefined;
    });
    return { subject, token, queueToken };
  }

  async concert(title = 'The Winter Gala'): Promise<Concert> {
    const token = await this.tokenFor('operator', 'admin');
    const { body } = await this.command('POST', '/concerts', { token, body: { title } });
    return body.result;
  }

  /** Creates a schedule on sale with its seats; `options` override fields of the request. */
  async schedule(options: Record<string, unknown> = {}): Promise<Schedule & { seats: Seat[] }> {
    const token = await this.tokenFor('operator', 'admin');
    const { id: concertId } = await this.concert();
    const { body } = await this.command('POST', `/concerts/${concertId}/schedules`, {
      token,
      body: { ...scheduleBody(), ...options },
    });
    const schedule: Schedule = body.result;
    const user = await this.admitted(`looker ${schedule.id}`);
    const seats = await this.seats(schedule.id, user);
    return { ...schedule, seats };
  }

  async seats(scheduleId: number, user: AdmittedUser): Promise<Seat[]> {
    const path = `/concerts/schedules/${scheduleId}/seats`;
    return (await this.request('GET', path, user)).body.items;
  }
}

export interface AdmittedUser {
  subject: string;
  token: string;
  queueToken: string;
}

const HOUR_MS = 3_600_000;

/** A time some hours from now, in the format of the API. */
export function inHours(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString();
}

/** The body of a schedule with an open booking window and ten seats in one row. */
export function scheduleBody() {
  return {
    bookingStartAt: inHours(-1),
    bookingEndAt: inHours(24),
    startAt: inHours(48),
    endAt: inHours(50),
    seats: [{ section: 'Stalls', row: 'A', from: 1, to: 10, price: 100 }],
  };
}
