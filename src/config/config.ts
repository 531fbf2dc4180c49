import type { MemberIdKind } from '../core/event.ts';
import type { RetryPolicy } from '../core/retry-policy.ts';
import type { CallLimits } from '../ports/destination.ts';

/** What a token of the API may do: viewer reads, editor changes mappings, admin replays, pauses and forgets. */
type Role = 'viewer' | 'editor' | 'admin';

/** A token of the API, by the name of who uses it. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  readonly token: string;
}

/** How a source's webhooks are verified. A list in the file is `any-of`. */
export type VerifyConfig =
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | {
      readonly type: 'hmac';
      /** As subscribed, in its normal form. */
      readonly url: string;
      /** `whsec_` and 64 hexadecimal characters each. */
      readonly secrets: readonly string[];
      /** How a secret becomes a key. */
      readonly keyEncoding: 'auto' | 'ascii' | 'hex';
      readonly hostWithPort: boolean;
      readonly pathWithQuery: boolean;
    }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'none' }
  | { readonly type: 'any-of'; readonly members: readonly VerifyConfig[] };

/** One door for webhooks. */
export interface SourceConfig {
  readonly id: string;
  readonly type: 'open-loyalty';
  readonly verify: VerifyConfig;
  /** The loyalty engine's own API, without a trailing slash; null when none is configured. */
  readonly api: { readonly url: string; readonly token: string } | null;
}

/** What every outbound system has. */
interface CallsConfig {
  readonly id: string;
  readonly timeoutMs: number;
  readonly limits: CallLimits;
  readonly retry: RetryPolicy;
}

/** A project of Bloomreach Engagement. */
export interface BloomreachConfig extends CallsConfig {
  readonly type: 'bloomreach';
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
}

/** A call that mappings can make to a system with an HTTP API. */
export interface HttpEndpointConfig {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Its path may hold `{placeholders}`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty = none. */
  readonly description: string;
}

/** How calls prove who they come from. */
export type AuthConfig =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/** Any system with an HTTP API. */
interface HttpConfig extends CallsConfig {
  readonly type: 'http';
  readonly endpoints: ReadonlyMap<string, HttpEndpointConfig>;
  readonly auth: AuthConfig;
  /** Null = calls are not signed. */
  readonly signing: {
    readonly type: 'standard-webhooks';
    /** `whsec_` and base64 each; every one signs. */
    readonly secrets: readonly string[];
  } | null;
  /** Whether private addresses may be connected to. */
  readonly allowPrivate: boolean;
  /** Hosts whose addresses may be private all the same. */
  readonly allowHosts: readonly string[];
}

/** One outbound system. */
export type DestinationConfig = BloomreachConfig | HttpConfig;

/** The effective configuration, frozen: durations in ms, sizes in bytes, rates per second, paths absolute. */
export interface Config {
  readonly server: { readonly host: string; readonly port: number; readonly bodyLimitBytes: number };
  readonly api: { readonly tokens: readonly ApiToken[] };
  readonly store: {
    /** As written in the file. */
    readonly url: string;
    /** The database file. */
    readonly path: string;
    readonly retentionMs: number;
  };
  readonly mappings: { readonly dir: string; readonly watch: boolean; readonly memberId: MemberIdKind };
  readonly transform: { readonly deadlineMs: number; readonly workers: number };
  /** Dotted paths in the body whose values never reach the disk in clear. */
  readonly redact: readonly string[];
  readonly sources: ReadonlyMap<string, SourceConfig>;
  readonly destinations: ReadonlyMap<string, DestinationConfig>;
}
