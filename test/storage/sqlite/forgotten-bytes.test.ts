import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import { saltedHash } from '../../../src/storage/sqlite/forget-member.ts';
import {
  claim,
  deliveryDraft,
  eventDraft,
  routedDraft,
  settledAttempt,
  T0,
  walletFact,
} from '../../conformance/store/drafts.ts';
import { forgetAll } from '../../conformance/store/forgetting.ts';
import { openForTest, temporaryFolder } from './temporary.ts';

const MEMBERS = 400;
const emailOf = (index: number) => `person-${index}-xx@example.com`;
const keyOf = (index: number) => `Germany/c-${(index * 7_919) % 100_003}`;

/** Everything that can name a person names one: bodies, requests, answers, facts, aliases; and all of it is moved about. */
async function fill(store: Store): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const drafts = Array.from({ length: MEMBERS }, (_, index) => {
      const email = emailOf(index);
      const request = JSON.stringify({ customer_ids: { registered: email }, pad: 'y'.repeat(index) });
      return routedDraft(`m-${round}-${index}`, [deliveryDraft({ member: keyOf(index), request })], {
        member: keyOf(index),
        aliases: [`Germany/email:${email}`],
        body: JSON.stringify({ email, pad: 'z'.repeat(index * 3) }),
        facts: [walletFact({ key: `w-${index}`, value: { email, round }, learnedAtMs: T0 + round })],
      });
    });
    await store.accept(drafts, []);
    for (
      let claimed = await claim(store, { limit: 50 });
      claimed.length > 0;
      claimed = await claim(store, { limit: 50 })
    ) {
      await store.settleAttempts(
        claimed.map(({ id: deliveryId, claimNo, request }) => {
          const detail = `it said no to ${request}`;
          const decision = { kind: 'dead', code: 'DELIVERY_REJECTED', detail } as const;
          return settledAttempt({ deliveryId, claimNo, decision });
        }),
      );
    }
  }
}

describe('the files of a store', () => {
  it('hold nothing any more of a member who was forgotten, and all of the others', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    await fill(store);
    const gone = [3, 77, 200, 201, 399];
    for (const index of gone)
      expect(await forgetAll(store, keyOf(index), 50)).toMatchObject({ stage: 'done', events: 2 });
    // While the store is open: a reader of the disk would see as much.
    const bytes = [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
    for (const index of gone) expect(bytes).not.toContain(`person-${index}-xx`);
    for (const index of gone) expect(bytes).not.toContain(keyOf(index).slice('Germany/'.length));
    for (let index = 0; index < MEMBERS; index++) if (!gone.includes(index)) expect(bytes).toContain(emailOf(index));
    expect(statSync(`${path}-wal`).size).toBeLessThan(100_000);
  });

  it('keep a receipt that only tells somebody who knows her', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    await store.accept([eventDraft('m-1', { aliases: ['Germany/email:ann@example.com'] })], []);
    await forgetAll(store, 'Germany/ann');
    await store.close();
    const db = new Database(path);
    const [receipt, ...others] = db.prepare('SELECT * FROM forget_receipt').all() as readonly {
      readonly at_ms: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
      readonly detail: string;
    }[];
    db.close();
    expect(others).toEqual([]);
    expect(receipt?.at_ms).toBe(T0);
    const salt = receipt?.salt ?? Buffer.alloc(0);
    expect(salt).toHaveLength(16);
    expect(receipt?.hash).toEqual(saltedHash(salt, 'Germany/ann'));
    expect(JSON.parse(receipt?.detail ?? '')).toEqual({
      ...{ events: 1, deliveries: 0, attempts: 0, facts: 0, aliases: 1 },
      identifiers: [saltedHash(salt, 'Germany/email:ann@example.com').toString('hex')],
    });
  });

  it('are waited for while somebody reads them', async () => {
    const path = join(temporaryFolder(), 'pointsman.db');
    const store = openForTest(path);
    await store.accept([eventDraft('m-1')], []);
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM event').get();
    expect(await forgetAll(store, 'Germany/ann')).toMatchObject({ stage: 'purging', isHeldUp: true, events: 1 });
    expect(await store.forgettings()).toMatchObject([{ stage: 'purging' }]);
    reader.close();
    const [left] = await store.forgettings();
    expect(await store.forgetStep(left?.id ?? 0, 5, T0)).toMatchObject({ stage: 'done', events: 1 });
    expect(await store.forgettings()).toEqual([]);
  });
});
