/** A server that the project started for itself. */
export interface Service {
  /** Where clients reach it. */
  url: string;
  /** Stops it and resolves when it has gone. */
  stop(): Promise<void>;
}
