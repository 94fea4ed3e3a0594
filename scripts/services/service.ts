/** An embedded server. */
export interface Service {
  /** The URL for clients. */
  url: string;
  /** Stops the server, and resolves when it has exited. */
  stop(): Promise<void>;
}
