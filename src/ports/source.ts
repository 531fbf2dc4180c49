import type { Identity, ImportedFact, Signature } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';

/** An inbound request as it is verified: before anything is parsed. */
export interface InboundRequest {
  readonly method: string;
  /** Lower-case names, as `node:http` gives them; a list where a header was repeated and cannot be one text. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw bytes; verification by header or credentials does not look at them. */
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/** What a look at a request came to. */
export type Verified =
  | { readonly genuine: true; readonly signature: Signature | null }
  /** One line why not, fit for a log: never a secret, never the value that was presented. */
  | { readonly genuine: false; readonly reason: string };

/** What the envelope of a body says; null where it says nothing usable. */
export interface Envelope {
  readonly name: string | null;
  /** The tenant; empty when none is named. */
  readonly storeCode: string;
  readonly messageId: string | null;
  readonly createdAtMs: number | null;
}

/** A configured door for webhooks. */
export interface Source {
  readonly id: string;
  /** Whether verification needs the body (signatures) or can refuse before it is read. */
  readonly verifiesBody: boolean;
  /** Whether the request is genuine. Takes constant time, whatever was presented. Never throws. */
  verify(request: InboundRequest): Verified;
  /**
   * One body per event: nearly always the body itself, the same object. A body that carries several events of one kind
   * yields one for each, in order. Never empty, never throws, whatever the body.
   */
  split(body: JsonObject): readonly JsonObject[];
  /** Reads the envelope. Never throws, whatever the body. */
  read(body: JsonObject): Envelope;
  /** Who the event is about and what it teaches. Pure, never throws. */
  identify(body: JsonObject, clockMs: number): Identity;
  /** What an imported fact says of whom; `member` null when its value names nobody. Pure, never throws. */
  lessonOf(fact: ImportedFact): Identity;
  readonly catalogue: EventCatalogue;
}

/** What a source type knows about its events, for lints and samples. */
export interface EventCatalogue {
  /** Event name → JSON Schema (draft 2020-12) of the whole body. */
  readonly events: ReadonlyMap<string, JsonObject>;
  /** Kind of fact → JSON Schema of its value; left out when its events teach none. */
  readonly facts?: ReadonlyMap<string, JsonObject>;
  /** Event name → dotted paths of one-time secrets in the body, which must not be sent on; left out when there are none. */
  readonly secrets?: ReadonlyMap<string, readonly string[]>;
}
