import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryDraft, DeliveryStatus } from '../../src/core/delivery.ts';
import { type EarlierDelivery, type Reprocessing, reprocessing } from '../../src/core/reprocess.ts';
import { deliveryDraft } from '../conformance/store/drafts.ts';

const ALL = { mapping: null };

function earlier(over: Partial<EarlierDelivery> = {}): EarlierDelivery {
  const { mapping, run, part, destination, endpoint, request, code, detail } = deliveryDraft();
  const same = { mapping, run, part, destination, endpoint, request, code, detail };
  return { id: 1, ...same, status: 'delivered', inFlight: false, ...over };
}

/** What it comes to, in short. */
function said(decided: Reprocessing | null): string {
  if (!decided) return 'held up';
  const { cancel, add, changed, unchanged } = decided;
  return `cancel ${cancel.map(({ id }) => id).join()} add ${add.length} changed ${changed.length} unchanged ${unchanged}`;
}

const other = { request: '{"event_type":"other"}' };

describe('reprocessing an event', () => {
  it.each<[string, readonly EarlierDelivery[], readonly DeliveryDraft[], string]>([
    ['nothing was made before', [], [deliveryDraft()], 'cancel  add 1 changed 0 unchanged 0'],
    ['equal bytes were delivered', [earlier()], [deliveryDraft()], 'cancel  add 0 changed 0 unchanged 1'],
    ['other bytes were delivered', [earlier(other)], [deliveryDraft()], 'cancel  add 1 changed 1 unchanged 0'],
    [
      'equal bytes are open',
      [earlier({ status: 'pending' })],
      [deliveryDraft()],
      'cancel  add 0 changed 0 unchanged 1',
    ],
    [
      'other bytes are open',
      [earlier({ status: 'pending', ...other })],
      [deliveryDraft()],
      'cancel 1 add 1 changed 0 unchanged 0',
    ],
    ['equal bytes are dead', [earlier({ status: 'dead' })], [deliveryDraft()], 'cancel  add 1 changed 0 unchanged 0'],
    [
      'equal bytes were skipped by hand',
      [earlier({ status: 'skipped' })],
      [deliveryDraft()],
      'cancel  add 1 changed 0 unchanged 0',
    ],
    [
      'equal bytes went elsewhere',
      [earlier({ destination: 'crm' })],
      [deliveryDraft()],
      'cancel  add 1 changed 0 unchanged 0',
    ],
    [
      'equal bytes of another mapping',
      [earlier({ mapping: 'b' })],
      [deliveryDraft()],
      'cancel  add 1 changed 0 unchanged 0',
    ],
    ['another part has equal bytes', [earlier({ part: 3 })], [deliveryDraft()], 'cancel  add 0 changed 0 unchanged 1'],
    [
      'it waits, and waited',
      [earlier({ status: 'waiting', request: null })],
      [deliveryDraft({ status: 'waiting', request: null })],
      'cancel  add 0 changed 0 unchanged 1',
    ],
    [
      'it is skipped, and was',
      [earlier({ status: 'skipped', request: null })],
      [deliveryDraft({ status: 'skipped', request: null })],
      'cancel  add 0 changed 0 unchanged 1',
    ],
    [
      'it is skipped, and was not',
      [earlier({ status: 'pending' })],
      [deliveryDraft({ status: 'skipped', request: null })],
      'cancel 1 add 1 changed 0 unchanged 0',
    ],
    [
      'it fails for another reason',
      [earlier({ status: 'dead', request: null, code: 'TRANSFORM_ERROR', detail: 'a' })],
      [deliveryDraft({ status: 'dead', request: null, code: 'TRANSFORM_ERROR', detail: 'b' })],
      'cancel  add 1 changed 0 unchanged 0',
    ],
    [
      'no mapping asks for it now',
      [earlier({ status: 'waiting', request: null })],
      [],
      'cancel 1 add 0 changed 0 unchanged 0',
    ],
    [
      'what is to be canceled is in flight',
      [earlier({ status: 'pending', inFlight: true, ...other })],
      [deliveryDraft()],
      'held up',
    ],
    [
      'what is in flight is what is wanted',
      [earlier({ status: 'pending', inFlight: true })],
      [deliveryDraft()],
      'cancel  add 0 changed 0 unchanged 1',
    ],
  ])('%s', (_name, before, drafts, expected) => {
    expect(said(reprocessing(before, drafts, ALL))).toBe(expected);
  });

  it('numbers the run after all of the event, also of other mappings, and gives way to live ones', () => {
    const decided = reprocessing([earlier({ mapping: 'b', run: 4 })], [deliveryDraft()], ALL);
    expect(decided?.add).toMatchObject([{ run: 5, background: true }]);
    expect(reprocessing([], [deliveryDraft({ run: 7 })], ALL)?.add).toMatchObject([{ run: 0 }]);
  });

  it('leaves other mappings alone when one is asked for', () => {
    const open = [
      earlier({ mapping: 'a', status: 'pending', ...other }),
      earlier({ id: 2, mapping: 'b', status: 'pending' }),
    ];
    expect(said(reprocessing(open, [], { mapping: 'a' }))).toBe('cancel 1 add 0 changed 0 unchanged 0');
  });

  it('changes nothing when it is done twice', () => {
    const statuses: readonly DeliveryStatus[] = [
      'waiting',
      'pending',
      'delivered',
      'dead',
      'skipped',
      'shadowed',
      'canceled',
    ];
    const request = fc.constantFrom('{"a":1}', '{"a":2}', '{"a":3}');
    const mapping = fc.constantFrom('a', 'b');
    const before = fc.record({
      mapping,
      run: fc.nat(2),
      part: fc.nat(2),
      status: fc.constantFrom(...statuses),
      request,
    });
    const draft = fc.record({
      mapping,
      part: fc.nat(2),
      status: fc.constantFrom('pending', 'dead', 'skipped', 'shadowed', 'waiting'),
      request,
    });
    fc.assert(
      fc.property(fc.array(before), fc.array(draft), (rows, made) => {
        const known = rows.map((row, index) => earlier({ ...row, id: index + 1 }));
        const drafts = made.map((one) => deliveryDraft(one as Partial<DeliveryDraft>));
        const first = reprocessing(known, drafts, ALL);
        const gone = new Set(first?.cancel);
        const after = [
          ...known.map((one) => (gone.has(one) ? { ...one, status: 'canceled' as const } : one)),
          ...(first?.add ?? []).map((one, index) => earlier({ ...one, id: 1_000 + index } as Partial<EarlierDelivery>)),
        ];
        const again = reprocessing(after, drafts, ALL);
        expect(again?.add).toEqual([]);
        expect(again?.cancel).toEqual([]);
      }),
    );
  });
});
