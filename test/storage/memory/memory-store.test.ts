import { createMemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { storeConformance } from '../../conformance/store/store-conformance.ts';

storeConformance('in memory', async () => ({ store: createMemoryStore() }));
