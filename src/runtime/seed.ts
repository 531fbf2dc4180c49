import { PointsmanError } from '../core/errors.ts';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Seeder, SeedPage } from '../ports/seeder.ts';
import type { Writer } from './writer.ts';

/** How far the members of one tenant are read. */
interface TenantProgress {
  /** Where the next page begins; null before the first and after the last. */
  readonly next: string | null;
  readonly isDone: boolean;
  readonly members: number;
  /** Facts learned, those included that were known already. */
  readonly facts: number;
}

/** What a seeding is asked for. */
export interface SeedRequest {
  readonly source: string;
  /** Tenants to read; empty = all that the loyalty engine lists. */
  readonly storeCodes: readonly string[];
  /** Forgets how far an earlier seeding got. */
  readonly restart: boolean;
}

/** What seeding needs. */
export interface SeedTools {
  readonly seeder: Seeder;
  readonly writer: Pick<Writer, 'learn' | 'checkpoint'>;
  readonly onProgress: (storeCode: string, progress: TenantProgress, total: number | null) => void;
  /** Told in words what is out of the ordinary. */
  readonly onNotice: (words: string) => void;
}

type Progress = Readonly<Record<string, TenantProgress>>;

const BEGINNING: TenantProgress = { next: null, isDone: false, members: 0, facts: 0 };

/**
 * Learns the facts of all members, page by page. How far it got is kept in the commit of each page, so a seeding that
 * was killed goes on from there. Returns the progress of each tenant. Rejects as the seeder and the writer do, saying
 * how far it got.
 */
export async function seedFacts(request: SeedRequest, tools: SeedTools): Promise<Progress> {
  const name = `seed:${request.source}`;
  const kept = request.restart ? {} : progressIn(await tools.writer.checkpoint(name));
  const storeCodes = request.storeCodes.length > 0 ? request.storeCodes : await tools.seeder.tenants();
  let progress: Progress = kept;
  const keep = async (facts: SeedPage['facts'], changed: Progress): Promise<void> => {
    const value = Object.keys(changed).length === 0 ? null : JSON.stringify(changed);
    await tools.writer.learn({ source: request.source, facts, checkpoint: { name, value } });
    progress = changed;
  };
  try {
    for (const storeCode of storeCodes) {
      const from = progress[storeCode] ?? BEGINNING;
      if (from.members > 0) tools.onNotice(`${storeCode}: going on after ${from.members} members`);
      const step = (facts: SeedPage['facts'], own: TenantProgress) => keep(facts, { ...progress, [storeCode]: own });
      await seedTenant(storeCode, { from, step }, tools);
    }
    const done = Object.fromEntries(storeCodes.map((storeCode) => [storeCode, progress[storeCode] ?? BEGINNING]));
    // Ended well: the next seeding begins anew.
    await keep([], without(progress, storeCodes));
    return done;
  } catch (cause) {
    throw explained(cause, progress);
  }
}

interface Seeding {
  readonly from: TenantProgress;
  readonly step: (facts: SeedPage['facts'], progress: TenantProgress) => Promise<void>;
}

async function seedTenant(storeCode: string, { from, step }: Seeding, tools: SeedTools): Promise<void> {
  if (from.isDone) return;
  const total = await tools.seeder.total(storeCode);
  let progress = from;
  while (!progress.isDone) {
    const page = await tools.seeder.page(storeCode, progress.next);
    if (page === null) {
      tools.onNotice(`${storeCode}: the place to go on from is not known any more; reading anew`);
      progress = BEGINNING;
      continue;
    }
    progress = {
      next: page.next,
      isDone: page.next === null,
      members: progress.members + page.members,
      facts: progress.facts + page.facts.length,
    };
    await step(page.facts, progress);
    tools.onProgress(storeCode, progress, total);
  }
}

function without(progress: Progress, storeCodes: readonly string[]): Progress {
  return Object.fromEntries(Object.entries(progress).filter(([storeCode]) => !storeCodes.includes(storeCode)));
}

/** What was kept by another version, or by somebody else, is as good as nothing. */
function progressIn(text: string | null): Progress {
  const kept = text === null ? null : parsed(text);
  if (!isJsonObject(kept)) return {};
  const isProgress = (one: Json) => isJsonObject(one) && typeof one['members'] === 'number' && 'next' in one;
  return Object.fromEntries(Object.entries(kept).filter(([, one]) => isProgress(one))) as unknown as Progress;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function explained(cause: unknown, progress: Progress): unknown {
  if (!(cause instanceof PointsmanError)) return cause;
  const members = Object.values(progress).reduce((sum, one) => sum + one.members, 0);
  const far =
    members === 0 ? 'nothing was read yet' : `${members} members are read, the same command goes on from there`;
  return new PointsmanError(cause.code, `${cause.message} (${far})`, { cause });
}
