/** The processes of the large sale: services, API, worker and the payment sandbox, with one pool of connections to each server. */
import { AccessTokens } from '../../../src/http/auth/access-tokens.ts';
import { freePort } from '../../services/free-port.ts';
import type { SalePlan } from '../../simulate/large/plan.ts';
import { type Database, openDatabase } from '../compare/database.ts';
import { startSandbox } from '../compare/sandbox.ts';
import { type BenchProcess, type BenchSystem, startBenchSystem } from '../system.ts';
import { WireClient } from './load/wire-client.ts';

export interface SaleProcesses {
  system: BenchSystem;
  api: BenchProcess;
  worker: BenchProcess;
  workerPort: number;
  sandbox: BenchProcess;
  sandboxUrl: string;
  database: Database;
  /** To the API. */
  client: WireClient;
  toSandbox: WireClient;
  /** The environment of the API and the worker. */
  environment: NodeJS.ProcessEnv;
  tokenOf(subject: string, role?: string): Promise<string>;
  /** Checks an access token that no cache knows, as the API does. */
  checkToken(token: string): Promise<unknown>;
  stop(): Promise<void>;
}

const CONNECTIONS = 1000;

/** @param memoryMb the limit of the API process's old generation; by default that of `npm run api` */
export async function startSale(
  plan: SalePlan,
  memoryMb: number | undefined,
): Promise<SaleProcesses> {
  const system = await startBenchSystem();
  const [apiPort, workerPort] = [await freePort(), await freePort()];
  const sandbox = await startSandbox(system, apiPort);
  const settings = {
    ...sandbox.settings,
    HOLD_SECONDS: String(plan.holdSeconds),
    HOLD_GRACE_SECONDS: String(plan.graceSeconds),
    QUEUE_TOKEN_SECONDS: String(plan.sessionSeconds),
    // A user who learns of the turn at the end of the longest pause must find it.
    CLAIM_SECONDS: String(plan.sessionSeconds),
  };
  const worker = await system.startWorker({ ...settings, WORKER_PORT: String(workerPort) });
  const api = await system.startApi({ ...settings, PORT: String(apiPort) }, undefined, memoryMb);
  const database = await openDatabase(system, 'seatlane');
  const client = new WireClient(apiPort, CONNECTIONS);
  const toSandbox = new WireClient(sandbox.process.port, CONNECTIONS);
  const tokens = new AccessTokens({
    jwtSecret: system.environment.JWT_SECRET,
    jwksUrl: undefined,
    jwtIssuer: 'seatlane',
    jwtAudience: 'seatlane',
  });
  return {
    system,
    api,
    worker,
    workerPort,
    sandbox: sandbox.process,
    sandboxUrl: sandbox.url,
    database,
    client,
    toSandbox,
    environment: { ...system.environment, ...settings },
    tokenOf: async (subject, role) =>
      (await tokens.issue({ subject, ...(role && { role }) }, Date.now())).accessToken,
    checkToken: (token) => tokens.check(token, Date.now()),
    async stop() {
      client.close();
      toSandbox.close();
      await database.close();
      await system.stop();
    },
  };
}
