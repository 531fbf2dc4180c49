import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, startRunning } from './running.ts';

const KEY = '0123456789abcdef'.repeat(4);
const URL_PATH = '/webhooks/open-loyalty';
const HOST = 'loyalty.example.com';

/** The five headers of a signed webhook, as Open Loyalty's page on verifying a signature describes them. */
function signed(body: string, requestId: string, secondsAgo = 0): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000) - secondsAgo);
  const digest = createHash('sha256').update(body).digest('hex');
  const lines = ['POST', `${HOST.length}:${HOST}`, `${URL_PATH.length}:${URL_PATH}`, digest, timestamp, requestId];
  return {
    'x-webhook-signature': createHmac('sha256', KEY).update(lines.join('\n')).digest('hex'),
    'x-webhook-signature-algorithm': 'hmac-sha256',
    'x-webhook-signature-version': '3',
    'x-webhook-timestamp': timestamp,
    'x-webhook-request-id': requestId,
  };
}

const BODY = JSON.stringify({ messageId: 'm-1', eventName: 'CustomerLevelChanged', storeCode: 'DEFAULT', data: {} });

let running: Running;
beforeAll(async () => {
  running = await startRunning({
    verify: `{ type: hmac, url: "https://${HOST}${URL_PATH}", secrets: [whsec_${'f'.repeat(64)}, whsec_${KEY}] }`,
  });
});
afterAll(() => running.stop());

test('a signed webhook is let in, and its signature version and request id are kept', async () => {
  const answer = await running.send(BODY, signed(BODY, 'try-1'));
  expect(answer).toMatchObject({ status: 202, body: { duplicate: false } });
  const { body } = await running.api(`/api/v1/events/${answer.body['eventId']}`);
  expect(body['signature']).toEqual({ version: '3', requestId: 'try-1' });
});

test('the second try of the same webhook, signed anew, is a duplicate; so is a replayed request', async () => {
  const again = signed(BODY, 'try-2');
  expect(await running.send(BODY, again)).toMatchObject({ status: 202, body: { duplicate: true } });
  expect(await running.send(BODY, again)).toMatchObject({ status: 202, body: { duplicate: true } });
});

test.each([
  ['too old', BODY, signed(BODY, 'try-3', 301)],
  ['of another body', `${BODY} `, signed(BODY, 'try-3')],
  ['truncated', BODY, { ...signed(BODY, 'try-3'), 'x-webhook-signature': 'abc' }],
  ['missing', BODY, {}],
])('a signature that is %s is refused', async (_, body, headers) => {
  expect((await running.send(body, headers)).body).toMatchObject({ status: 401, code: 'SOURCE_UNAUTHORIZED' });
});
