import { describe, expect, it } from 'vitest';
import { destinationsOf, mappingContextOf } from '../../src/runtime/registry.ts';
import { configOf, load, SMALLEST } from '../config/input.ts';

const config = configOf(
  load(`${SMALLEST}  crm:
    type: http
    endpoints:
      member: { method: POST, url: "https://crm.example.com/members/{id}" }
      note: { method: PUT, url: "https://crm.example.com/notes" }
    concurrency: 3
`),
);
const clock = { now: () => 0, random: () => 0, sleep: async () => {} };

describe('the configured destinations', () => {
  it('are made by their type, each with its own calls and limits', async () => {
    const destinations = destinationsOf(config, clock);
    const shown = [...destinations.values()].map(({ id, endpoints, limits }) => {
      return [id, [...endpoints.keys()], limits.batchSize, limits.concurrency];
    });
    expect(shown).toEqual([
      ['bloomreach', ['event', 'customer'], 50, 16],
      ['crm', ['member', 'note'], 1, 3],
    ]);
    for (const destination of destinations.values()) await destination.close();
  });

  it('tell mappings what they offer, without being opened', () => {
    const { destinations } = mappingContextOf(config);
    expect([...(destinations.get('bloomreach')?.endpoints.keys() ?? [])]).toEqual(['event', 'customer']);
    expect(destinations.get('crm')?.endpoints.get('member')?.schema).toMatchObject({
      title: 'crm.member',
      properties: { path: { required: ['id'] } },
    });
  });
});
