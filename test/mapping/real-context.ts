import { bloomreachEndpoints } from '../../src/destinations/bloomreach/endpoints.ts';
import type { MappingContext } from '../../src/mapping/compile.ts';
import { openLoyaltyCatalogue } from '../../src/sources/open-loyalty/catalogue.ts';
import { createFormulaChecker } from '../../src/transform/formula-checker.ts';

/** What mappings are checked against when Open Loyalty sends and Bloomreach receives. */
export const realContext: MappingContext = {
  sources: new Map([['open-loyalty', openLoyaltyCatalogue()]]),
  destinations: new Map([['bloomreach', { endpoints: bloomreachEndpoints }]]),
  checker: createFormulaChecker(),
};
