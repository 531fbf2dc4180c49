import type { ConfigReceipt } from '../../core/receipt.ts';
import type { Clock } from '../../ports/clock.ts';
import { loadSystems, type Systems } from './load-config.ts';
import { ABSENT, hashOfFile, type Look } from './look.ts';

/** The config that is in force and the files that it came from. */
export interface ConfigInForce {
  readonly systems: Systems;
  /** Whether the file is as good as what is in force. */
  readonly isGood: boolean;
  /** Content hashes of the config and of the secret files that it reads, by path; empty before it was read here. */
  readonly inputs: ReadonlyMap<string, string>;
}

/** What reading the config again came to. */
export interface ReadAgain {
  readonly next: ConfigInForce;
  /** Null when nothing changed in it. */
  readonly receipt: ConfigReceipt | null;
}

/** Reads the config again when a file that it depends on changed, or when `forced`. Changes nothing in force. */
export async function readAgain(
  file: string | null,
  { before, seen, forced, clock }: ReadAgainInput,
): Promise<ReadAgain> {
  if (file === null || (!forced && !isChanged(file, before, seen))) return { next: before, receipt: null };
  const { next: systems, receipt, secretFiles } = loadSystems(file, before.systems, clock);
  const inputs = new Map([[file, seen.others.get(file) ?? ABSENT]]);
  for (const path of secretFiles) inputs.set(path, await hashOfFile(path));
  return { next: { systems, inputs, isGood: receipt?.outcome !== 'refused' }, receipt };
}

/** What reading again starts from. */
export interface ReadAgainInput {
  readonly before: ConfigInForce;
  readonly seen: Look;
  readonly forced: boolean;
  readonly clock: Clock;
}

function isChanged(file: string, { inputs }: ConfigInForce, { others }: Look): boolean {
  return !inputs.has(file) || [...inputs].some(([path, hash]) => others.get(path) !== hash);
}
