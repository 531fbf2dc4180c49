import type { MemberIdKind } from '../core/event.ts';
import type { ApiToken, AuthConfig, HttpEndpointConfig } from './config.ts';

/** The settings as the schema promises them: checked, defaults filled in, quantities still text. */
export interface RawConfig {
  readonly server: { readonly host: string; readonly port: number; readonly bodyLimit: string };
  readonly api: { readonly tokens: readonly ApiToken[] };
  readonly store: { readonly url: string; readonly retention: string };
  readonly mappings: { readonly dir: string; readonly watch: boolean; readonly memberId: MemberIdKind };
  readonly transform: { readonly deadline: string; readonly workers: number };
  readonly redact: readonly string[];
  readonly sources: Readonly<Record<string, RawSource>>;
  readonly destinations: Readonly<Record<string, RawDestination>>;
}

/** One entry of `sources`. */
export interface RawSource {
  readonly type: 'open-loyalty';
  readonly verify: 'none' | RawVerify | readonly RawVerify[];
  readonly api: { readonly url: string; readonly token: string };
}

/** One way to verify. */
type RawVerify =
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | {
      readonly type: 'hmac';
      readonly url: string;
      readonly secrets: readonly string[];
      readonly keyEncoding: 'auto' | 'ascii' | 'hex';
      readonly hostWithPort: boolean;
      readonly pathWithQuery: boolean;
    }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'none' };

/** One entry of `destinations`. */
export type RawDestination = RawBloomreach | RawHttp;

/** A project of Bloomreach. */
interface RawBloomreach extends RawCalls {
  readonly type: 'bloomreach';
  readonly baseUrl: string;
  readonly projectToken: string;
  readonly apiKeyId: string;
  readonly apiSecret: string;
  readonly batch: { readonly size: number; readonly linger: string };
}

/** A system with an HTTP API. */
export interface RawHttp extends RawCalls {
  readonly type: 'http';
  readonly endpoints: Readonly<Record<string, HttpEndpointConfig>>;
  readonly auth: AuthConfig;
  readonly signing?: { readonly type: 'standard-webhooks'; readonly secret: string | readonly string[] };
  readonly allowPrivate: boolean;
  readonly allowHosts: readonly string[];
}

/** What every destination has. */
export interface RawCalls {
  readonly timeout: string;
  readonly rateLimit: string;
  readonly concurrency: number;
  readonly retry: {
    readonly quick: number;
    readonly schedule: readonly string[];
    readonly jitter: number;
    readonly giveUpAfter: string;
  };
  readonly breaker: { readonly failures: number; readonly probe: string };
}
