import { readdirSync, readFileSync } from 'node:fs';
import type { Fact, FactKey } from '../../src/core/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import { type CompiledFile, compileMappings, type MappingSourceFile } from '../../src/mapping/compile.ts';
import type { EventCatalogue } from '../../src/ports/source.ts';
import { openLoyaltyCatalogue } from '../../src/sources/open-loyalty/catalogue.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';

const FOLDER = new URL('../../mappings/', import.meta.url);

/** Events about the programme's configuration or a segment: they name no member, and nothing is sent. */
export const MEMBERLESS = [
  'AchievementCreated',
  'AchievementUpdated',
  'CampaignCreated',
  'CampaignUpdated',
  'RewardCreated',
  'RewardUpdated',
  'SegmentMembershipDropped',
];

/** The files of the gallery as they ship; a mapping that rests is switched on, for it must hold as well. */
export function galleryFiles(): readonly MappingSourceFile[] {
  return readdirSync(FOLDER).map((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return { file, bytes: new TextEncoder().encode(text.replaceAll(/^enabled: false$/gm, 'enabled: true')) };
  });
}

/** Compiles files as the server does. */
export function compiledFiles(files: readonly MappingSourceFile[]): readonly CompiledFile[] {
  return compileMappings(files, {
    sources: new Map([['open-loyalty', openLoyaltyCatalogue()]]),
    destinations: new Map([['bloomreach', { endpoints: bloomreachEndpoints }]]),
    checker: createFormulaChecker(),
  });
}

/** The 28 events that Open Loyalty publishes a schema of, by name. */
export function publishedEvents(
  catalogue: EventCatalogue = openLoyaltyCatalogue(),
): readonly (readonly [name: string, schema: JsonObject])[] {
  // Legacy names are dotted; of WalletBalanceUpdated no schema is published.
  return [...catalogue.events].filter(([name]) => !name.includes('.') && name !== 'WalletBalanceUpdated');
}

/** The literal `event_type` of a mapping; null when a formula yields it, or when it makes no event. */
export function literalEventType({ transform }: Mapping): string | null {
  if (transform.kind !== 'template' || transform.template.kind !== 'object') return null;
  const [, node] = transform.template.entries.find(([key]) => key === 'event_type') ?? [];
  return node?.kind === 'literal' && typeof node.value === 'string' ? node.value : null;
}

/** Facts about some wallets; of the others nothing is known. */
export function knownWallets(known: ReadonlyMap<string, JsonObject>) {
  return async (keys: readonly FactKey[]): Promise<readonly (Fact | null)[]> =>
    keys.map((key) => {
      const value = known.get(key.key);
      return value === undefined ? null : { ...key, value, learnedAtMs: 0 };
    });
}
