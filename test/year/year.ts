import { hash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { WebhookDelivery } from '../../src/sandbox/open-loyalty/webhooks/delivery.ts';
import type { Member } from '../../src/sandbox/open-loyalty/world/member.ts';
import { AddressBook } from './addresses.ts';
import { expiringSoon, lotOf, type Reminder, reminderOf } from './reminders.ts';
import type { Site } from './site.ts';

/** What happens in a year. */
export interface YearOptions {
  readonly days: number;
  /** Things that happen by chance each day, to members that are not silent; 0.5 = one every other day. */
  readonly activityPerDay: number;
  /** Every so many members, silent ones and others, one holds stars that expire: of these no list of members tells. */
  readonly starsEvery: number;
  /** Told after each day. */
  readonly tell: (day: number, events: number) => void;
}

/** A webhook as it was sent. */
export interface Sent {
  readonly messageId: string;
  readonly eventName: string;
  readonly storeCode: string;
  /** Whom it is about; null when it is about nobody. */
  readonly customerId: string | null;
  readonly status: number | null;
  readonly sentAtMs: number;
}

/** Everything that a year came to, as the world and Bloomreach saw it. */
export interface Year {
  readonly sent: readonly Sent[];
  readonly reminders: readonly Reminder[];
  /** Lots that the world held and that a scan should have reminded of, and did not; and the other way round. */
  readonly lots: {
    readonly expected: number;
    readonly missing: readonly string[];
    readonly invented: readonly string[];
  };
  readonly addresses: AddressBook;
  /** How often Bloomreach took each text, by its SHA-1. */
  readonly taken: Map<string, number>;
  /** What Bloomreach refused. */
  readonly refused: readonly string[];
}

const HOUR_MS = 3_600_000;
/** After the scan at one o'clock: things happen at noon. */
const NOON_MS = 11 * HOUR_MS;
/** Longer than the last look at a delivery that waits for a fact. */
const LAST_LOOK_MS = 73 * HOUR_MS;

/** Lets the programme run day by day, then waits until the last delivery that waits for a fact has been looked at. */
export async function playYear(site: Site, options: YearOptions): Promise<Year> {
  const year = new Observer(site);
  const { clock, loyalty } = site;
  let scanAtMs = loyalty.world.nextScanAt(clock.now());
  for (let day = 1; day <= options.days; day++) {
    await year.scan(scanAtMs);
    const until = (days: number) => Math.floor(days * options.activityPerDay);
    await year.bustle(scanAtMs + NOON_MS, until(day) - until(day - 1));
    options.tell(day, year.sent.length);
    scanAtMs = loyalty.world.nextScanAt(scanAtMs);
  }
  await year.end(clock.now() + LAST_LOOK_MS);
  return year;
}

/** Gives some members stars that expire in the course of the year, before anybody listens. Returns how many. */
export function giveStars({ loyalty, clock }: Site, { days, starsEvery }: YearOptions): number {
  const { world } = loyalty;
  const everyNth = (members: readonly Member[]) => members.filter((_, index) => index % starsEvery === starsEvery - 1);
  const { true: silent = [], false: lively = [] } = Object.groupBy(world.members.values(), (each) => `${each.silent}`);
  const chosen = [...everyNth(silent), ...everyNth(lively)];
  for (const [index, member] of chosen.entries()) {
    const { expirePointsNotificationDays: ahead } = member.tenant.settings;
    const expiresInDays = ahead + 2 + Math.floor((index * (days - 2)) / chosen.length);
    world.earnPoints(member, { units: 30, walletCode: 'stars', expiresInDays }, clock.now());
  }
  return chosen.length;
}

class Observer implements Year {
  readonly sent: Sent[] = [];
  readonly reminders: Reminder[] = [];
  readonly lots = { expected: 0, missing: [] as string[], invented: [] as string[] };
  readonly addresses = new AddressBook();
  readonly taken = new Map<string, number>();
  readonly refused: string[] = [];
  readonly #site: Site;
  /** Wallets that an event named together with their member. */
  readonly #taught = new Set<string>();
  #lastMessage = 0;
  #lastEntry = 0;

  constructor(site: Site) {
    this.#site = site;
    this.addresses.note(site.loyalty.world.members.values(), site.clock.now());
  }

  /** The scan of the day: nothing else happens at that moment, so the world is as the reminders found it. */
  async scan(atMs: number): Promise<void> {
    const { clock, loyalty } = this.#site;
    clock.moveTo(atMs);
    const expected = expiringSoon(loyalty.world, atMs);
    await loyalty.tick();
    const deliveries = this.#listen();
    const reminders = deliveries.filter(({ eventName }) => eventName === 'PointsWillExpire');
    this.lots.expected += expected.length;
    const reminded = reminders.map(({ body }) => lotOf(JSON.parse(body)));
    this.lots.missing.push(...without(expected, reminded));
    this.lots.invented.push(...without(reminded, expected));
    const told = { sentAtMs: atMs, taught: this.#taught };
    for (const reminder of reminders) this.reminders.push(reminderOf(loyalty.world, reminder, told));
    this.#learn(deliveries);
    await this.#settle();
  }

  /** So many things happen by chance. */
  async bustle(atMs: number, count: number): Promise<void> {
    this.#site.clock.moveTo(atMs);
    await this.#site.loyalty.activity(count);
    this.#learn(this.#listen());
    await this.#settle();
  }

  /** Nothing more happens until all that waited has been looked at for the last time. */
  async end(atMs: number): Promise<void> {
    this.#site.clock.moveTo(atMs);
    await this.#settle('waiting');
  }

  #listen(): readonly WebhookDelivery[] {
    const { loyalty, clock } = this.#site;
    const deliveries = loyalty.emitter.deliveries({ after: this.#lastMessage });
    if ((deliveries[0]?.seq ?? this.#lastMessage + 1) !== this.#lastMessage + 1)
      throw new Error('The sandbox forgot messages.');
    this.#lastMessage = deliveries.at(-1)?.seq ?? this.#lastMessage;
    const sentAtMs = clock.now();
    for (const { messageId, eventName, storeCode, customerId, requests } of deliveries) {
      this.sent.push({
        messageId,
        eventName,
        storeCode,
        customerId,
        status: requests.at(-1)?.status ?? null,
        sentAtMs,
      });
    }
    this.addresses.note(loyalty.world.members.values(), sentAtMs);
    return deliveries;
  }

  #learn(deliveries: readonly WebhookDelivery[]): void {
    for (const { body, customerId } of deliveries) {
      const { data } = JSON.parse(body) as { readonly data: JsonObject };
      const wallet = isJsonObject(data) && isJsonObject(data['wallet']) ? data['wallet'] : {};
      if (customerId !== null && typeof wallet['walletId'] === 'string') this.#taught.add(wallet['walletId']);
    }
  }

  async #settle(...further: readonly 'waiting'[]): Promise<void> {
    await this.#site.settled('pending', ...further);
    for (const { seq, data, outcome, errors } of this.#site.bloomreach.state.journal({ after: this.#lastEntry })) {
      if (seq !== this.#lastEntry + 1) throw new Error('The sandbox forgot calls.');
      this.#lastEntry = seq;
      const isTaken = outcome === 'stored' || outcome === 'duplicate';
      if (!isTaken) this.refused.push(`${outcome}: ${errors.join('; ')}: ${data}`);
      const key = hash('sha1', data);
      if (isTaken) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
    }
  }
}

/** What the others do not hold, each as often as it stands here more than there. */
function without(texts: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const text of others) left.set(text, (left.get(text) ?? 0) + 1);
  return texts.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}
