import { describe } from 'vitest';
import { acceptingConformance } from './accepting.ts';
import { claimingConformance } from './claiming.ts';
import { correctingConformance } from './correcting.ts';
import { identifierConformance } from './identifiers.ts';
import { learningConformance } from './learning.ts';
import { loadConformance } from './loads.ts';
import { logConformance } from './log.ts';
import type { OpenStore } from './opened-store.ts';
import { routingConformance } from './routing.ts';
import { settlingConformance } from './settling.ts';
import { waitingConformance } from './waiting.ts';

/** What every adapter of the store promises: run it against each. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`store: ${name}`, () => {
    acceptingConformance(open);
    routingConformance(open);
    claimingConformance(open);
    settlingConformance(open);
    waitingConformance(open);
    learningConformance(open);
    correctingConformance(open);
    logConformance(open);
    identifierConformance(open);
    loadConformance(open);
  });
}
