import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { claimProperties } from '../../conformance/store/claim-properties.ts';
import { laneProperties } from '../../conformance/store/lane-properties.ts';

const open = async () => ({ store: createMemoryStore() });

laneProperties('memory', open, 300);
claimProperties('memory', open, 300);
