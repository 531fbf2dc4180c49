import type { Source } from '../../ports/source.ts';
import { openLoyaltyCatalogue } from './catalogue.ts';
import { createVerify, type VerifySettings } from './create-verify.ts';
import { readEnvelope } from './envelope.ts';
import { identify } from './identify.ts';
import { lessonOf } from './lesson-of.ts';
import { split } from './split.ts';

/** What an Open Loyalty source is built from. */
export interface OpenLoyaltySettings {
  readonly id: string;
  readonly verify: VerifySettings;
}

/** Builds the door for Open Loyalty's webhooks. The catalogue is read from disk when it is first asked for. */
export function createOpenLoyaltySource(settings: OpenLoyaltySettings): Source {
  const { id } = settings;
  const verify = createVerify(settings.verify);
  return {
    id,
    verifiesBody: verify.needsBody,
    verify: (request) => verify.check(request),
    split,
    read: readEnvelope,
    identify: (body, clockMs) => identify(id, body, clockMs),
    lessonOf: (fact) => lessonOf(id, fact),
    get catalogue() {
      return openLoyaltyCatalogue();
    },
  };
}
