import { hash } from 'node:crypto';
import type { RuleSet } from '../../src/core/rule-set.ts';
import type { DeliveryDetail, DeliveryRow, EventRow, Log, Page, PageRequest } from '../../src/ports/log.ts';
import type { Reminder } from './reminders.ts';
import type { Sent, Year } from './year.ts';

/** What became of the reminders. */
interface ReminderCounts {
  delivered: number;
  /** Of these, to members whom no event had named before. */
  deliveredFromSeedAlone: number;
  /** Of these, about silent members. */
  deliveredToSilent: number;
  /** Of these, after they had waited until an event taught the wallet. */
  deliveredLate: number;
  skippedWithoutEmail: number;
  /** Nobody taught the wallet within 72 hours, and no list of members tells of it. */
  untaught: number;
}

/** The year as Pointsman's log tells it, held against what the world and Bloomreach saw. */
export interface Audit {
  readonly events: number;
  readonly deliveries: number;
  /** By mapping, then by final state with its reason or code. */
  readonly byMapping: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By event name: how many were sent, answered 2xx and found in the store. */
  readonly byEvent: ReadonlyMap<string, { sent: number; answered: number; stored: number }>;
  readonly reminders: ReminderCounts;
  /** Delivered requests whose member was compared with the world's. */
  readonly compared: number;
  /** Everything that is not as it should be, by kind. */
  readonly faults: ReadonlyMap<string, readonly string[]>;
}

/** What an audit compares. */
export interface Evidence {
  readonly year: Year;
  readonly reads: Log;
  readonly rules: RuleSet;
}

const REMINDING = 'points-expiring';
const PAGE = 200;

/** Reads the whole log, every delivered request included, and compares. */
export async function auditYear({ year, reads, rules }: Evidence): Promise<Audit> {
  const events = await all((page) => reads.events({}, page));
  const deliveries = await all((page) => reads.deliveries({}, page));
  const audit = new Auditor(year, rules);
  audit.compareEvents(
    events,
    Map.groupBy(deliveries, ({ eventId }) => eventId),
  );
  for (let from = 0; from < deliveries.length; from += PAGE) {
    const chunk = deliveries.slice(from, from + PAGE);
    const details = await Promise.all(
      chunk.map(({ id, status }) => (status === 'delivered' ? reads.delivery(id) : null)),
    );
    for (const [index, row] of chunk.entries()) audit.compareDelivery(row, details[index] ?? null);
  }
  audit.close();
  return audit;
}

async function all<Item>(read: (page: PageRequest) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let before: number | null = null; ; ) {
    const page: Page<Item> = await read({ before, limit: PAGE });
    items.push(...page.items);
    before = page.nextBefore;
    if (before === null) return items;
  }
}

class Auditor implements Audit {
  events = 0;
  deliveries = 0;
  compared = 0;
  readonly byMapping = new Map<string, Map<string, number>>();
  readonly byEvent = new Map<string, { sent: number; answered: number; stored: number }>();
  readonly reminders: ReminderCounts = {
    delivered: 0,
    deliveredFromSeedAlone: 0,
    deliveredToSilent: 0,
    deliveredLate: 0,
    skippedWithoutEmail: 0,
    untaught: 0,
  };
  readonly faults = new Map<string, string[]>();
  readonly #year: Year;
  readonly #rules: RuleSet;
  readonly #sentOf = new Map<number, Sent>();
  readonly #reminders: ReadonlyMap<string, Reminder>;
  /** Reminders that no delivery was found of. */
  readonly #open: Set<string>;

  constructor(year: Year, rules: RuleSet) {
    this.#year = year;
    this.#rules = rules;
    this.#reminders = new Map(year.reminders.map((reminder) => [reminder.messageId, reminder]));
    this.#open = new Set(this.#reminders.keys());
  }

  /** Every event that was answered is in the store, and every mapping that names it made its delivery. */
  compareEvents(events: readonly EventRow[], made: ReadonlyMap<number, readonly DeliveryRow[]>): void {
    this.events = events.length;
    const stored = new Map(events.map((event) => [keyOf(event), event]));
    for (const sent of this.#year.sent) {
      const event = stored.get(keyOf({ ...sent, name: sent.eventName }));
      const isAnswered = sent.status === 202;
      this.#count(sent.eventName, { answered: isAnswered, stored: event !== undefined });
      if (!isAnswered) this.#fault('not answered 202', `${sent.eventName} ${sent.messageId}: ${sent.status}`);
      if (event === undefined) {
        if (isAnswered) this.#fault('lost: answered and not stored', `${sent.eventName} ${sent.messageId}`);
        continue;
      }
      this.#sentOf.set(event.id, sent);
      this.#compareMatches(event, made.get(event.id) ?? []);
    }
    if (stored.size !== this.#sentOf.size) this.#fault('stored and never sent', `${stored.size - this.#sentOf.size}`);
  }

  compareDelivery(row: DeliveryRow, detail: DeliveryDetail | null): void {
    this.deliveries += 1;
    const state = [row.status, row.reason ?? row.code].filter((part) => part !== null).join(' ');
    const states = this.byMapping.get(row.mapping) ?? new Map<string, number>();
    this.byMapping.set(row.mapping, states.set(state, (states.get(state) ?? 0) + 1));
    if (!FINAL.has(row.status)) this.#fault(`ended ${state}`, describe(row));
    const registered = row.status === 'delivered' ? this.#compareRequest(row, detail?.request ?? '') : null;
    const sent = this.#sentOf.get(row.eventId);
    const reminder = row.mapping === REMINDING ? this.#reminders.get(sent?.messageId ?? '') : undefined;
    if (reminder !== undefined) this.#compareReminder(row, reminder, registered);
    else if (row.status === 'dead') this.#fault(`ended ${state}`, describe(row));
    else if (row.status === 'delivered') this.#compareMember(row, sent, registered ?? '');
  }

  /** What nothing was found of. */
  close(): void {
    const { lots, taken, refused } = this.#year;
    for (const messageId of this.#open) this.#fault('lost: a reminder without a delivery', messageId);
    for (const lot of lots.missing) this.#fault('the world forgot a reminder', lot);
    for (const lot of lots.invented) this.#fault('the world reminded of nothing', lot);
    for (const text of refused) this.#fault('refused by Bloomreach', text);
    const repeated = [...taken.values()].reduce((sum, count) => sum + count, 0);
    if (repeated > 0) this.#fault('taken by Bloomreach and not in the log as delivered', `${repeated} calls`);
  }

  #compareMatches({ id, name, source, status }: EventRow, made: readonly DeliveryRow[]): void {
    const wanted = this.#rules.match(source, name).map((mapping) => mapping.id);
    const found = new Set(made.map(({ mapping }) => mapping));
    const isWhole = wanted.length === found.size && wanted.every((mapping) => found.has(mapping));
    if (!isWhole) this.#fault('lost: a mapping without its delivery', `${name} ${id}: ${wanted} and not ${[...found]}`);
    if (status !== (wanted.length > 0 ? 'routed' : 'unmatched'))
      this.#fault(`an event ended ${status}`, `${name} ${id}`);
  }

  /** The very bytes that are logged are those that Bloomreach took. Returns whom they name. */
  #compareRequest(row: DeliveryRow, request: string): string {
    const key = hash('sha1', request);
    const left = this.#year.taken.get(key) ?? 0;
    if (left === 0) this.#fault('lost: delivered by the log, never at Bloomreach', describe(row));
    else this.#year.taken.set(key, left - 1);
    return String((JSON.parse(request) as { customer_ids: { registered?: string } }).customer_ids.registered);
  }

  #compareMember(row: DeliveryRow, sent: Sent | undefined, registered: string): void {
    this.compared += 1;
    const customerId = sent?.customerId ?? null;
    if (customerId === null) {
      this.#fault('delivered although it is about nobody', describe(row));
      return;
    }
    const owner = this.#year.addresses.judge(customerId, registered, sent?.sentAtMs ?? 0);
    if (owner === "somebody else's") this.#fault('wrong member', `${describe(row)}: ${registered}`);
  }

  #compareReminder(row: DeliveryRow, reminder: Reminder, registered: string | null): void {
    const isUntaught = !reminder.taught && reminder.walletCode !== 'default';
    if (!this.#open.delete(reminder.messageId)) this.#fault('a reminder with two deliveries', describe(row));
    if (registered !== null) this.#compareReminded(row, reminder, registered);
    else if (row.status === 'skipped' && !reminder.hadEmail) this.reminders.skippedWithoutEmail += 1;
    else if (row.status === 'skipped')
      this.#fault('a reminder skipped although the member has an e-mail', describe(row));
    else if (row.code === 'TRANSFORM_RECALL_MISSING' && isUntaught) this.reminders.untaught += 1;
    else this.#fault(`a reminder ended ${row.status} ${row.code}`, describe(row));
  }

  #compareReminded(row: DeliveryRow, reminder: Reminder, registered: string): void {
    const { customerId, sentAtMs, silent, taught, walletCode } = reminder;
    const isDefault = walletCode === 'default';
    this.compared += 1;
    this.reminders.delivered += 1;
    if (silent) this.reminders.deliveredToSilent += 1;
    if (!taught && isDefault) this.reminders.deliveredFromSeedAlone += 1;
    if (!taught && !isDefault) this.reminders.deliveredLate += 1;
    const owner = this.#year.addresses.judge(customerId, registered, sentAtMs);
    if (owner !== 'hers') this.#fault(`a reminder to ${owner} address`, `${describe(row)}: ${registered}`);
  }

  #count(name: string, { answered, stored }: { readonly answered: boolean; readonly stored: boolean }): void {
    const counts = this.byEvent.get(name) ?? { sent: 0, answered: 0, stored: 0 };
    counts.sent += 1;
    if (answered) counts.answered += 1;
    if (stored) counts.stored += 1;
    this.byEvent.set(name, counts);
  }

  #fault(kind: string, example: string): void {
    const examples = this.faults.get(kind) ?? [];
    examples.push(example);
    this.faults.set(kind, examples);
  }
}

/** `dead` is final too, but only a reminder of an untaught wallet may end so. */
const FINAL: ReadonlySet<string> = new Set(['delivered', 'skipped', 'dead']);

function keyOf({ storeCode, name, messageId }: Pick<EventRow, 'storeCode' | 'name' | 'messageId'>): string {
  return `${storeCode} ${name} ${messageId}`;
}

function describe({ id, mapping, event, eventId, part }: DeliveryRow): string {
  return `delivery ${id} of ${mapping}, ${event} ${eventId}, part ${part}`;
}
