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

/** One outbound system. */
export interface DestinationConfig {
  readonly id: string;
  readonly type: 'bloomreach';
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
  readonly timeoutMs: number;
  readonly limits: CallLimits;
  readonly retry: RetryPolicy;
}

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
