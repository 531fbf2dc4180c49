import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Pointsman's own folder, seen from `src/cli/demo` and from `dist/cli/demo` alike. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** The moments that the demo tells, of those that ship with Pointsman: few enough to follow each. */
const MOMENTS = ['balance', 'downgrade-risk', 'points-earned', 'points-expiring', 'purchase-matched', 'tier-change'];

/** What the demo subscribes to: the events of those moments, and one that none of them takes. */
export const SUBSCRIBED = [
  'AvailablePointsAmountChanged',
  'CustomerLevelChanged',
  'LevelWillExpire',
  'PointsWillExpire',
  'RewardCreated',
  'TransactionAssignedToCustomer',
] as const;

/** Copies the mappings into the demo's folder, to be edited there, and the schema that helps an editor. */
export function copyMappings(dir: string): void {
  const files = [...MOMENTS.map((moment) => `mappings/${moment}.yaml`), 'schemas/mapping.schema.json'];
  for (const file of files) cpSync(join(PACKAGE, file), join(dir, file));
}
