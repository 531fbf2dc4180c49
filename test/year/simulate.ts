import { ruleSetOf } from '../../src/core/rule-set.ts';
import { compiledFiles, galleryFiles } from '../mappings/gallery.ts';
import { auditYear } from './audit.ts';
import type { Outcome } from './report.ts';
import { seed } from './seed.ts';
import { openSite, WEBHOOK_SECRET } from './site.ts';
import { giveStars, playYear, type Year, type YearOptions } from './year.ts';

/** A year to be simulated. */
export interface SimulationOptions extends YearOptions {
  readonly members: number;
  readonly seed: number;
}

/** Noon of the last day of 2025: the first scan is that of New Year's Day. */
const NEW_YEARS_EVE_MS = Date.UTC(2025, 11, 31, 12);

/**
 * Goes live with a programme that has members already, as a user would: the memory is seeded, then every event is
 * subscribed to, then days pass. A test of the audit tampers with what was seen.
 */
export async function simulate(
  options: SimulationOptions,
  tamper: (year: Year) => void = () => undefined,
): Promise<Outcome> {
  const files = galleryFiles();
  const site = await openSite({ ...options, files, startMs: NEW_YEARS_EVE_MS });
  try {
    const stars = giveStars(site, options);
    const seeded = await seed(site);
    site.loyalty.subscribe({ url: `${site.server.url}/webhooks/open-loyalty`, hmac: WEBHOOK_SECRET });
    const year = await playYear(site, options);
    tamper(year);
    const rules = ruleSetOf(compiledFiles(files).flatMap(({ mappings }) => mappings));
    const audit = await auditYear({ year, reads: site.server.reads, rules });
    return { seeded, stars, year, audit, complaints: site.complaints };
  } finally {
    await site.close();
  }
}
