import type { ClaimedDelivery, DeliveryDraft } from '../../src/core/delivery.ts';
import type { AcceptedDraft, Store } from '../../src/ports/store.ts';
import { requireAccepted } from '../require-accepted.ts';
import { dueDelivery, settlements, unroutedDraft } from './row-drafts.ts';
import type { Stopwatch } from './timing.ts';
import { type Outcome, type Row, rowMs, rowOf } from './world.ts';

/** The transitions that are timed, each its own commit. */
const TRANSITIONS = {
  acceptOne: 'accept 1',
  acceptMany: 'accept 50',
  routeMany: 'route 50',
  claimMany: 'claim 50',
  settleMany: 'settle 50',
  atOnce: 'accept, route and claim 50 in one commit',
} as const;

const MANY = 50;
/** More than one commit has, so that no two of its events share a lane. */
const KNOWN_MEMBERS = 1_000;
const DESTINATION = 'bloomreach';
const LEASE_MS = 60_000;
const DELIVERED: Outcome = { status: 'delivered', code: null, reason: null, attempts: 1, share: 0 };

/** The transitions of one store, timed step by step. */
export interface Transitions {
  /** Takes new events through every transition once. */
  step(watch: Stopwatch): Promise<void>;
  /** The number of the next row. */
  next(): number;
}

/** Makes a store ready to be timed; its rows are new ones from `first` on. */
export async function openTransitions(store: Store, first: number): Promise<Transitions> {
  await introduce(store, first);
  let next = first;
  const take = (count: number): readonly number[] => {
    next += count;
    return Array.from({ length: count }, (_, index) => next - count + index);
  };
  return {
    async step(watch) {
      await acceptOne(store, take(1), watch);
      await stepByStep(store, take(MANY), watch);
      await atOnce(store, take(MANY), watch);
    },
    next: () => next,
  };
}

/** Everybody is known before anything is timed, at every size: what it costs to learn of somebody is no growth. */
async function introduce(store: Store, first: number): Promise<void> {
  const lessons = Array.from({ length: KNOWN_MEMBERS }, (_, member) => {
    const { member: key, aliases, facts } = unroutedDraft(first, { ...rowOf(first), member });
    return { member: key, aliases, facts };
  });
  await store.learn(lessons, null, rowMs(first));
}

async function acceptOne(store: Store, sequences: readonly number[], watch: Stopwatch): Promise<void> {
  const drafts = sequences.map(draftOf);
  const [accepted] = requireAccepted(await watch.time(TRANSITIONS.acceptOne, () => store.accept(drafts, [])));
  await store.claimEvents(1);
  const unmatched = { eventId: accepted?.eventId ?? 0, status: 'unmatched', code: null, deliveries: [] } as const;
  await store.settleRoutes([unmatched], nowOf(sequences), []);
}

async function stepByStep(store: Store, sequences: readonly number[], watch: Stopwatch): Promise<void> {
  const nowMs = nowOf(sequences);
  const drafts = sequences.map(draftOf);
  const accepted = requireAccepted(await watch.time(TRANSITIONS.acceptMany, () => store.accept(drafts, [])));
  await store.claimEvents(MANY);
  const routed = accepted.map(({ eventId }, index) => {
    return { eventId, status: 'routed', code: null, deliveries: [toBloomreach(sequences[index] ?? 0)] } as const;
  });
  await watch.time(TRANSITIONS.routeMany, () => store.settleRoutes(routed, nowMs, []));
  const claim = { ...offerAt(nowMs), limit: MANY, nowMs };
  const claimed = await watch.time(TRANSITIONS.claimMany, () => store.claimDeliveries(claim));
  await watch.time(TRANSITIONS.settleMany, () => settle(store, claimed, nowMs));
}

async function atOnce(store: Store, sequences: readonly number[], watch: Stopwatch): Promise<void> {
  const nowMs = nowOf(sequences);
  const drafts = sequences.map((sequence): AcceptedDraft => {
    return { ...draftOf(sequence), routed: { status: 'routed', deliveries: [toBloomreach(sequence)] } };
  });
  const accept = () => store.accept(drafts, [offerAt(nowMs)]);
  const accepted = requireAccepted(await watch.time(TRANSITIONS.atOnce, accept));
  await settle(
    store,
    accepted.flatMap(({ claimed }) => claimed),
    nowMs,
  );
}

async function settle(store: Store, claimed: readonly ClaimedDelivery[], nowMs: number): Promise<void> {
  if (claimed.length !== MANY) throw new Error(`${claimed.length} deliveries were claimed, not ${MANY}`);
  await store.settleAttempts(claimed.flatMap((one) => settlements(one, DELIVERED, nowMs)));
}

function draftOf(sequence: number): AcceptedDraft {
  return unroutedDraft(sequence, timedRow(sequence));
}

/** One destination, so that one claim takes all. */
function toBloomreach(sequence: number): DeliveryDraft {
  return { ...dueDelivery(sequence, timedRow(sequence)), destination: DESTINATION, endpoint: 'event' };
}

/** About one of those who are known, in turn. */
function timedRow(sequence: number): Row {
  return { ...rowOf(sequence), member: sequence % KNOWN_MEMBERS };
}

function offerAt(nowMs: number) {
  return { destination: DESTINATION, pausedEndpoints: [], leaseEndMs: nowMs + LEASE_MS };
}

function nowOf(sequences: readonly number[]): number {
  return rowMs((sequences.at(-1) ?? 0) + 1);
}
