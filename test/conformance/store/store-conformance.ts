import { describe } from 'vitest';
import { acceptingConformance } from './accepting.ts';
import { claimingConformance } from './claiming.ts';
import { correctingConformance } from './correcting.ts';
import { forgettingConformance } from './forgetting.ts';
import { gaugingConformance } from './gauging.ts';
import { handlingConformance } from './handling.ts';
import { hasteningConformance } from './hastening.ts';
import { identifierConformance } from './identifiers.ts';
import { learningConformance } from './learning.ts';
import { loadConformance } from './loads.ts';
import { logConformance } from './log.ts';
import { offeringConformance } from './offering.ts';
import type { OpenStore } from './opened-store.ts';
import { pausingConformance } from './pausing.ts';
import { pruningConformance } from './pruning.ts';
import { redeliveringConformance } from './redelivering.ts';
import { reprocessingConformance } from './reprocessing.ts';
import { routedAtDoorConformance } from './routed-at-door.ts';
import { routingConformance } from './routing.ts';
import { settlingConformance } from './settling.ts';
import { waitingConformance } from './waiting.ts';

/** What every adapter of the store promises: run it against each. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`store: ${name}`, () => {
    acceptingConformance(open);
    routedAtDoorConformance(open);
    routingConformance(open);
    offeringConformance(open);
    claimingConformance(open);
    settlingConformance(open);
    handlingConformance(open);
    pausingConformance(open);
    waitingConformance(open);
    learningConformance(open);
    correctingConformance(open);
    logConformance(open);
    gaugingConformance(open);
    identifierConformance(open);
    loadConformance(open);
    redeliveringConformance(open);
    reprocessingConformance(open);
    pruningConformance(open);
    forgettingConformance(open);
    hasteningConformance(open);
  });
}
