import type { Dispatcher } from 'undici';
import { PointsmanError } from '../../core/errors.ts';

/** A whole answer. */
export interface CallResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Its beginning, up to the call's limit. */
  readonly body: string;
}

/** What one call came to. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly response: CallResponse }
  /** No whole answer. `bodySent` is false only when no byte of the request can have left. */
  | { readonly kind: 'failed'; readonly error: Error; readonly bodySent: boolean }
  /** Stopped by the caller before any byte left. */
  | { readonly kind: 'unsent' };

/**
 * One request and its answer, as undici reports them. undici calls `onRequestStart` when a connection is ready and, in
 * the same turn of the event loop, hands headers and body to the socket and calls `onBodySent`: until then nothing can
 * have left, from then on nobody can know. It never sends such a request a second time: one that finds its keep-alive
 * socket closed has not started yet, and takes another socket.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<CallOutcome>;
  readonly #resolve: (outcome: CallOutcome) => void;
  readonly #chunks: Buffer[] = [];
  readonly #limitBytes: number;
  #controller: Dispatcher.DispatchController | null = null;
  #head: Pick<CallResponse, 'status' | 'headers'> | null = null;
  #bytes = 0;
  #bodySent = false;
  #settled = false;

  /** @param limitBytes how much of the answer's body is read; at the limit it is cut and counts as whole. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    const { promise, resolve } = Promise.withResolvers<CallOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
  }

  /** Ends the exchange because its time is up. */
  expire(timeoutMs: number): void {
    const missing = this.#bodySent ? 'answer' : 'connection';
    this.#end(new PointsmanError('DELIVERY_TIMEOUT', `no ${missing} within ${timeoutMs} ms`));
  }

  /** Ends the exchange because the caller stops. */
  interrupt(): void {
    if (!this.#bodySent) this.#settle({ kind: 'unsent' });
    this.#end(new PointsmanError('DELIVERY_INTERRUPTED', 'stopped while waiting for the answer'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Ended while it waited for a connection: undici has no other way to take a request out of its queue.
    if (this.#settled) controller.abort(new PointsmanError('DELIVERY_INTERRUPTED', 'ended before it started'));
  }

  onBodySent(): void {
    this.#bodySent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // A 1xx only announces the answer.
    if (status >= 200) this.#head = { status, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#limitBytes - this.#bytes;
    this.#chunks.push(chunk.subarray(0, room));
    this.#bytes += Math.min(chunk.length, room);
    if (chunk.length < room) return;
    this.onResponseEnd();
    controller.abort(new PointsmanError('DELIVERY_UNREADABLE', 'the answer is too long'));
  }

  onResponseEnd(): void {
    if (this.#head === null) return;
    const body = Buffer.concat(this.#chunks).toString();
    this.#settle({ kind: 'answered', response: { ...this.#head, body } });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#settle({ kind: 'failed', error, bodySent: this.#bodySent });
  }

  #end(error: PointsmanError): void {
    if (this.#settled) return;
    this.#settle({ kind: 'failed', error, bodySent: this.#bodySent });
    this.#controller?.abort(error);
  }

  #settle(outcome: CallOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(outcome);
  }
}
