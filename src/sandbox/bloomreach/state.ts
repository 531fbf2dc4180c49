import type { JsonObject } from '../../core/json.ts';
import { type CustomerExport, exportProfile } from './exports.ts';
import { readIdentifiers } from './identifiers.ts';
import type { JournalEntry, JournalPage } from './journal.ts';
import type { Project } from './project.ts';
import type { SandboxStats } from './stats.ts';

/** What a test may ask a running sandbox without HTTP. */
export interface SandboxState {
  stats(): SandboxStats;
  /** Write attempts in the order they were run, oldest first. */
  journal(page?: JournalPage): readonly JournalEntry[];
  /** Customers as exports show them by now, the oldest first. */
  customers(): readonly CustomerExport[];
  /** One customer as `export-one` shows it by now, or null. */
  customer(customerIds: JsonObject): CustomerExport | null;
  /** Back to an empty project: customers, journal, counters, rate limit and faults. */
  reset(): void;
}

/** Opens a project to in-process readers. */
export function stateOf(project: Project): SandboxState {
  return {
    stats: () => project.stats.snapshot(),
    journal: (page = {}) => project.journal.read(page),
    customers: () => visibleCustomers(project),
    customer: (customerIds) => {
      const identifiers = readIdentifiers(customerIds, project.settings.lowercaseIds);
      const profile = typeof identifiers === 'string' ? null : project.customers.find(identifiers);
      const nowMs = project.clock();
      return profile === null || profile.visibleAtMs > nowMs ? null : exportProfile(profile, nowMs);
    },
    reset: () => project.reset(),
  };
}

function visibleCustomers({ customers, clock }: Project): readonly CustomerExport[] {
  const nowMs = clock();
  const visible = customers.all().filter((profile) => profile.visibleAtMs <= nowMs);
  return visible.map((profile) => exportProfile(profile, nowMs));
}
