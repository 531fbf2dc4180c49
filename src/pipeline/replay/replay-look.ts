import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeliveryDraft } from '../../core/delivery.ts';
import type { JsonObject } from '../../core/json.ts';
import { type EarlierDelivery, type Reprocessing, reprocessing } from '../../core/reprocess.ts';
import type { RuleSet } from '../../core/rule-set.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyWindow, ReplayChoice, ReplayedEvent, ReplayStore } from '../../ports/replays.ts';
import { type FieldChange, fieldChanges } from '../compare/field-changes.ts';
import type { ShapeTools } from '../route/shape.ts';
import { type ChoiceCount, countChoice } from './replay-count.ts';
import { replayWarnings } from './replay-warnings.ts';
import { reprocessEvents } from './reprocess.ts';

/** What looking at a replay before it begins needs; it writes nothing. */
export interface ReplayLookTools extends ShapeTools {
  readonly store: Pick<ReplayStore, 'replayEnd' | 'countReplay' | 'replayedEvents'>;
  readonly ruleSet: () => RuleSet;
  readonly clock: Clock;
}

/** What a replay would do: the count of all, and of its first events what becomes of them. */
export interface ReplayLook extends ChoiceCount {
  readonly choice: ReplayChoice;
  /** How many events the rest of this was made of: the oldest. */
  readonly lookedAt: number;
  /** Of a `reprocess`; null of a `redeliver`. */
  readonly outcome: ReplayOutcome | null;
  /** The first differences. */
  readonly samples: readonly ReplaySample[];
  /** What to think of first, one line each. */
  readonly warnings: readonly string[];
}

/** What reprocessing some events would come to, in deliveries. */
interface ReplayOutcome {
  /** Would be sent, and was not before. */
  readonly newlySent: number;
  /** Would be sent, and was delivered before with other bytes. */
  readonly changed: number;
  readonly unchanged: number;
  /** Open ones that would be taken back. */
  readonly canceled: number;
  /** Would fail, wait, be skipped or shadowed, and did not before. */
  readonly notSent: number;
  /** Events that can never be reprocessed. */
  readonly refused: number;
}

/** One request that would be sent, compared with what was delivered. */
interface ReplaySample {
  readonly event: number;
  readonly mapping: string;
  readonly part: number;
  readonly kind: 'newlySent' | 'changed';
  readonly fields: readonly FieldChange[];
}

/** Events that are looked at closely. */
const MOST_LOOKED = 200;
const CHUNK = 50;
const MOST_SAMPLES = 10;

/** Looks at what a replay would do. */
export async function lookAtReplay(choice: ReplayChoice, tools: ReplayLookTools): Promise<ReplayLook> {
  const counted = await countChoice(choice, tools.store);
  const looked = await firstEvents(choice, tools);
  const nowMs = tools.clock.now();
  if (choice.mode === 'redeliver') {
    const warnings = replayWarnings({ choice, events: looked, drafts: [], nowMs }, tools);
    return { ...counted, choice, lookedAt: looked.length, outcome: null, samples: [], warnings };
  }
  const made = await reprocessEvents(looked, { rules: tools.ruleSet(), mapping: choice.mapping, nowMs }, tools);
  const decided = looked.map(({ earlier }, index) => {
    // What is in flight now is settled by then: for a look, it counts as open.
    const settled = earlier.map((one) => ({ ...one, inFlight: false }));
    const drafts = made[index]?.routed?.deliveries ?? null;
    return drafts === null ? null : reprocessing(settled, drafts, choice);
  });
  const refused = made.filter(({ isRefused }) => isRefused).length;
  const drafts = decided.map((one) => one?.add ?? []);
  return {
    ...counted,
    choice,
    lookedAt: looked.length,
    outcome: { ...outcomeOf(decided), refused },
    samples: samplesOf(looked, decided),
    warnings: replayWarnings({ choice, events: looked, drafts, nowMs }, tools),
  };
}

/** The oldest events of a choice; of a redelivery, those of its deliveries. */
async function firstEvents(choice: ReplayChoice, { store }: ReplayLookTools): Promise<readonly ReplayedEvent[]> {
  const asEvents = { ...choice, mode: 'reprocess' as const };
  const found: ReplayedEvent[] = [];
  let window: KeyWindow | null = { after: 0, upTo: await store.replayEnd('reprocess') };
  while (window !== null && found.length < MOST_LOOKED) {
    const page = await store.replayedEvents(asEvents, window, CHUNK);
    found.push(...page.events);
    window = page.rest;
    await nextTurn();
  }
  return found;
}

type Decided = readonly (Reprocessing | null)[];

function outcomeOf(decided: Decided): Omit<ReplayOutcome, 'refused'> {
  const all = decided.flatMap((one) => one ?? []);
  const sum = (count: (one: Reprocessing) => number) => all.reduce((total, one) => total + count(one), 0);
  const sent = sum(({ add }) => add.filter(isSent).length);
  const changed = sum((one) => one.changed.length);
  return {
    newlySent: sent - changed,
    changed,
    unchanged: sum(({ unchanged }) => unchanged),
    canceled: sum(({ cancel }) => cancel.length),
    notSent: sum(({ add }) => add.length) - sent,
  };
}

function samplesOf(events: readonly ReplayedEvent[], decided: Decided): readonly ReplaySample[] {
  const samples = events.flatMap(({ event, earlier }, index) => {
    const add = decided[index]?.add.filter(isSent) ?? [];
    return add.map((draft) => sampleOf(event.id, draft, earlier));
  });
  // What would be kept twice is what a person must see first.
  const changed = samples.filter(({ kind }) => kind === 'changed');
  return [...changed, ...samples.filter(({ kind }) => kind !== 'changed')].slice(0, MOST_SAMPLES);
}

function sampleOf(event: number, draft: DeliveryDraft, earlier: readonly EarlierDelivery[]): ReplaySample {
  const { mapping, part } = draft;
  const before = earlier.findLast((one) => {
    return (
      one.status === 'delivered' &&
      one.mapping === mapping &&
      one.part === part &&
      one.destination === draft.destination
    );
  });
  const fields = fieldChanges(requestOf(before?.request ?? null), requestOf(draft.request));
  return { event, mapping, part, kind: before ? 'changed' : 'newlySent', fields };
}

function requestOf(text: string | null): JsonObject {
  return text === null ? {} : (JSON.parse(text) as JsonObject);
}

function isSent({ status }: DeliveryDraft): boolean {
  return status === 'pending';
}
