import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, Opened, patient } from './support.ts';

let opened: Opened;

beforeEach(() => {
  opened = new Opened();
});
afterEach(() => opened.close());

async function probeOf(status: number, body: string) {
  const asked: unknown[] = [];
  const port = await opened.http((request, response) => {
    asked.push([request.method, request.url, request.headers.authorization?.slice(0, 6)]);
    response.writeHead(status).end(body);
  });
  const answer = await opened.destination(port).probe(patient());
  expect(asked).toEqual([['GET', '/track/v2/projects/token-1111/system/time', 'Basic ']]);
  return answer;
}

it('asks for the time, with the credentials', async () => {
  const answer = await probeOf(200, '{"errors":[],"success":true,"time":1533663283.89}');
  expect(answer).toMatchObject({ verdict: 'delivered' });
});

it.each([
  [401, '{"error":"Access key not found"}', 'unauthorized'],
  [403, '{"error":"No permission"}', 'unauthorized'],
  [429, '', 'transient'],
  [503, '', 'transient'],
  [502, '', 'ambiguous'],
  [200, '<html></html>', 'ambiguous'],
])('judges %i %s as %s', async (status, body, verdict) => {
  const answer = await probeOf(status, body);
  expect(answer).toMatchObject({ verdict, atFault: verdict === 'unauthorized' ? 'destination' : null });
});

it.each([404, 405])('leaves it to a delivery where %i says that there is no such address', async (status) => {
  expect(await probeOf(status, '')).toBeNull();
});

it('tells that nothing is there, and that it was stopped', async () => {
  const destination = opened.destination(await freePort());
  expect(await destination.probe(patient())).toMatchObject({ verdict: 'transient', code: 'DELIVERY_CONNECTION' });
  expect(await destination.probe(AbortSignal.abort())).toMatchObject({ verdict: 'transient' });
});
