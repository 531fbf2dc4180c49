import type { Credentials } from './auth.ts';
import { Customers, type Moment } from './customers.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { RateLimit } from './rate-limit.ts';
import type { SandboxSettings } from './settings.ts';
import { Stats } from './stats.ts';

/** What a project is made of. */
export interface ProjectOptions {
  readonly credentials: Credentials;
  readonly settings: SandboxSettings;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** 0 up to but not including 1. */
  readonly random: () => number;
}

/** One Bloomreach project: everything the sandbox knows, in one place that a reset empties. */
export class Project {
  readonly credentials: Credentials;
  readonly settings: SandboxSettings;
  readonly clock: () => number;
  readonly random: () => number;
  readonly customers: Customers;
  readonly journal: Journal;
  readonly stats = new Stats();
  readonly rateLimit: RateLimit;
  readonly faults: Faults;

  constructor(options: ProjectOptions) {
    this.credentials = options.credentials;
    this.settings = options.settings;
    this.clock = options.clock;
    this.random = options.random;
    this.customers = new Customers(options.settings.hardIds);
    this.journal = new Journal(options.settings.journalLimit);
    this.rateLimit = new RateLimit(options.settings.rateLimitPerMinute);
    this.faults = new Faults(options);
  }

  /** The moment of a write received now. */
  moment(): Moment {
    const nowMs = this.clock();
    const { min, max } = this.settings.queueDelayMs;
    return { nowMs, visibleAtMs: nowMs + min + this.random() * (max - min) };
  }

  /** Back to an empty project without faults. */
  reset(): void {
    this.customers.clear();
    this.journal.clear();
    this.stats.clear();
    this.rateLimit.clear();
    this.faults.clear();
  }
}
