import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../src/core/mapping.ts';
import type { Receipt } from '../../../src/ports/store.ts';
import { acceptRouted, deliveryDraft, sha, T0 } from './drafts.ts';
import type { OpenStore } from './opened-store.ts';

const FORMULA = { text: '$', path: 'transform', line: 1, column: 1 };

function mapping(over: Partial<Mapping>): Mapping {
  return {
    id: 'tier-change',
    file: 'tier-change.yaml',
    version: sha('tier-change v1'),
    text: 'event: CustomerLevelChanged\n',
    description: null,
    enabled: true,
    source: null,
    events: ['CustomerLevelChanged'],
    when: null,
    each: null,
    member: null,
    transform: { kind: 'expression', formula: FORMULA },
    destination: 'bloomreach',
    endpoint: 'event',
    order: 'member',
    mode: 'live',
    onAmbiguous: 'resend',
    retry: {},
    tests: [],
    ...over,
  };
}

const receipt = (atMs: number): Receipt => ({ atMs, outcome: 'accepted', durationMs: 3, detail: '{"files":[]}' });

export function loadConformance(open: OpenStore): void {
  describe('loads of mappings', () => {
    it('shows a delivery with the mapping text of its own version', async () => {
      const { store } = await open();
      await store.rememberMappings([mapping({})], T0);
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      await store.rememberMappings([mapping({ version: sha('v2'), text: 'newer' })], T0);
      expect(await store.delivery(1)).toMatchObject({
        mappingText: 'event: CustomerLevelChanged\n',
        mappingFile: 'tier-change.yaml',
      });
    });

    it('keeps the first text of a version, also when a delivery came before it', async () => {
      const { store } = await open();
      await acceptRouted(store, 'm-1', [deliveryDraft()]);
      expect(await store.delivery(1)).toMatchObject({ mappingText: null, mappingFile: null });
      await store.rememberMappings([mapping({}), mapping({ text: 'again', file: 'renamed.yaml' })], T0);
      expect(await store.delivery(1)).toMatchObject({ mappingFile: 'tier-change.yaml' });
    });

    it('replaces the last good files as a whole', async () => {
      const { store } = await open();
      expect(await store.lastGoodFiles()).toEqual([]);
      const old = { file: 'old.yaml', text: 'event: A' };
      const kept = { file: 'kept.yaml', text: 'event: B' };
      await store.recordLoad([old, kept], receipt(T0));
      await store.recordLoad([{ ...kept, text: 'event: C' }], receipt(T0 + 1));
      expect(await store.lastGoodFiles()).toEqual([{ file: 'kept.yaml', text: 'event: C' }]);
    });

    it('lists receipts, newest first, by page', async () => {
      const { store } = await open();
      for (const at of [T0, T0 + 1, T0 + 2]) await store.recordLoad([], receipt(at));
      const first = await store.receipts({ before: null, limit: 2 });
      expect(first).toEqual({
        items: [
          { id: 3, ...receipt(T0 + 2) },
          { id: 2, ...receipt(T0 + 1) },
        ],
        nextBefore: 2,
      });
      const rest = await store.receipts({ before: first.nextBefore, limit: 2 });
      expect(rest).toEqual({ items: [{ id: 1, ...receipt(T0) }], nextBefore: null });
    });

    it('keeps all of it over a restart', async () => {
      const { store, reopen } = await open();
      if (!reopen) return;
      await store.recordLoad([{ file: 'a.yaml', text: 'event: A' }], receipt(T0));
      const again = await reopen();
      expect(await again.lastGoodFiles()).toEqual([{ file: 'a.yaml', text: 'event: A' }]);
      expect((await again.receipts({ before: null, limit: 9 })).items).toHaveLength(1);
    });

    it('accepts a probe', async () => {
      const { store } = await open();
      await expect(store.probe(T0)).resolves.toBeUndefined();
    });
  });
}
