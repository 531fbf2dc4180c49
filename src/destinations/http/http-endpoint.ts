/** A call that the config declares. */
export interface HttpEndpoint {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http(s); its path may hold `{placeholders}`. */
  readonly url: string;
  /** Sent with every call; may hold secrets, so they are never frozen. */
  readonly headers: Readonly<Record<string, string>>;
  readonly description: string;
}

/** The declared calls, by name. */
export type HttpEndpoints = ReadonlyMap<string, HttpEndpoint>;
