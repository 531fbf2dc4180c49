import type { Mapping } from '../core/mapping.ts';

/** Deaths in a row that set a mapping's version aside. */
export const DEATHS_TO_QUARANTINE = 5;

/** Which mappings keep killing their threads. */
export class Quarantine {
  readonly #records = new Map<string, { readonly version: string; deaths: number }>();

  /** Notes a job that ended in time and memory, whatever it came to. */
  survived(mapping: Mapping): void {
    if (this.#deaths(mapping) > 0 && !this.holds(mapping)) this.#records.delete(mapping.id);
  }

  /** Notes a job that died for good; true when it was the one that sets the version aside. */
  died(mapping: Mapping): boolean {
    const deaths = this.#deaths(mapping) + 1;
    this.#records.set(mapping.id, { version: mapping.version, deaths });
    return deaths === DEATHS_TO_QUARANTINE;
  }

  /** Whether the mapping is set aside: until its text changes. */
  holds(mapping: Mapping): boolean {
    return this.#deaths(mapping) >= DEATHS_TO_QUARANTINE;
  }

  /** Whether the mapping's last job died: it runs apart from others until one survives. */
  suspects(mapping: Mapping): boolean {
    return this.#deaths(mapping) > 0;
  }

  #deaths(mapping: Mapping): number {
    const record = this.#records.get(mapping.id);
    return record?.version === mapping.version ? record.deaths : 0;
  }
}
