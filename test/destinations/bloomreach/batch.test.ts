import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicId } from '../../../src/core/id.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { judgeResults } from '../../../src/destinations/bloomreach/batch.ts';
import type { CallResult } from '../../../src/ports/destination.ts';
import { claimed, EVENT_TEXT, freePort, LIMITS, Opened, patient, SECRETS } from './support.ts';

interface Seen {
  readonly url: string | undefined;
  readonly length: string | undefined;
  readonly body: string;
}

let opened: Opened;
let seen: Seen[];

beforeEach(() => {
  opened = new Opened();
  seen = [];
});
afterEach(() => opened.close());

/** A server that records each call and answers it. */
async function answering(
  status: number,
  body: string | ((commands: readonly JsonObject[]) => unknown),
): Promise<number> {
  return opened.http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    seen.push({ url: request.url, length: request.headers['content-length'], body: text });
    const answer = typeof body === 'string' ? body : JSON.stringify(body(JSON.parse(text).commands));
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  });
}

const three = [1, 2, 3].map((id) => claimed({ id }));
const idOf = (command: JsonObject | undefined) => command?.['command_id'];
const success = (command?: JsonObject) => ({ success: true, ...(command && { command_id: idOf(command) ?? null }) });
const refusal = (text: string, command?: JsonObject) => ({ ...success(command), success: false, errors: [text] });

async function sendThree(port: number): Promise<CallResult> {
  const result = await opened.destination(port).send(three, patient());
  if (result === null) throw new Error('nothing was sent');
  return result;
}

async function verdicts(results: (commands: readonly JsonObject[]) => readonly unknown[]): Promise<readonly string[]> {
  const port = await answering(200, (commands) => ({ results: results(commands), success: true }));
  const { answers, failed, divisible } = await sendThree(port);
  expect([failed, divisible]).toEqual([false, false]);
  return answers.map(({ verdict }) => verdict);
}

describe('a batch', () => {
  it('carries the frozen texts as they are, each under its delivery id', async () => {
    const port = await answering(200, (commands) => ({ results: commands.map(success), success: true }));
    const customer = claimed({ id: 2, endpoint: 'customer', request: '{"properties":{"n":1.0,"é":"😀"}}' });
    const result = await opened.destination(port).send([claimed({ id: 1 }), customer], patient());
    expect(result).toMatchObject({ answers: [{ verdict: 'delivered' }, { verdict: 'delivered' }] });
    const first = `{"name":"customers/events","command_id":"${publicId('dlv', 1)}","data":${EVENT_TEXT}}`;
    const second = `{"name":"customers","command_id":"${publicId('dlv', 2)}","data":${customer.request}}`;
    const body = `{"commands":[${first},${second}]}`;
    expect(seen).toEqual([
      { url: '/track/v2/projects/token-1111/batch', length: String(Buffer.byteLength(body)), body },
    ]);
  });

  it('of one is a single call', async () => {
    const port = await answering(200, '{"success":true}');
    await opened.destination(port).send([claimed()], patient());
    expect(seen[0]).toMatchObject({ url: '/track/v2/projects/token-1111/customers/events', body: EVENT_TEXT });
  });

  it('leaves out a delivery whose endpoint is gone, and answers it all the same', async () => {
    const port = await answering(200, (commands) => ({ results: commands.map(success), success: true }));
    const deliveries = [claimed({ id: 1 }), claimed({ id: 2, endpoint: 'sms' }), claimed({ id: 3 })];
    const result = await opened.destination(port).send(deliveries, patient());
    expect(result?.answers.map(({ verdict }) => verdict)).toEqual(['delivered', 'rejected', 'delivered']);
    expect(JSON.parse(seen[0]?.body ?? '').commands).toHaveLength(2);
  });

  it('keeps nothing of what was delivered, and only its own result of what was not', async () => {
    const secret = `No ${SECRETS.apiSecret}`;
    const port = await answering(200, ([first, second, third]) => ({
      results: [success(first), refusal(secret, second), refusal('Other', third)],
      success: true,
    }));
    const { answers } = await sendThree(port);
    expect(answers[0]).toEqual({
      verdict: 'delivered',
      code: null,
      httpStatus: 200,
      detail: null,
      response: null,
      retryAfterMs: null,
      atFault: null,
    });
    expect(answers[1]).toMatchObject({
      verdict: 'rejected',
      code: 'DELIVERY_REJECTED',
      detail: 'Bloomreach answered 200: No [secret]',
      response: JSON.stringify({ success: false, command_id: publicId('dlv', 2), errors: ['No [secret]'] }),
    });
    expect(JSON.stringify(answers[2])).not.toContain('No [');
  });

  it('reads fifty long refusals to their end', async () => {
    const errors = (command: JsonObject) => refusal('x'.repeat(3500), command);
    const port = await answering(200, (commands) => ({ results: commands.map(errors), success: true }));
    const deliveries = Array.from({ length: 50 }, (_, index) => claimed({ id: index + 1 }));
    const result = await opened.destination(port).send(deliveries, patient());
    expect(new Set(result?.answers.map(({ verdict }) => verdict))).toEqual(new Set(['rejected']));
  });
});

describe('the results of a batch', () => {
  it('are found by their command_id, in whatever order they stand', async () => {
    const turned = await verdicts(([first, second, third]) => [refusal('No', third), success(first), success(second)]);
    expect(turned).toEqual(['delivered', 'delivered', 'rejected']);
  });

  it('are found by their place where they echo no id', async () => {
    expect(await verdicts(() => [success(), refusal('No'), success()])).toEqual(['delivered', 'rejected', 'delivered']);
  });

  it('leave the answer unknown where one is missing', async () => {
    const missing = await verdicts(([first, , third]) => [success(first), success(third)]);
    expect(missing).toEqual(['delivered', 'ambiguous', 'delivered']);
  });

  it('are not trusted by place when there are fewer: the places may have moved', async () => {
    expect(await verdicts(() => [success(), success()])).toEqual(['ambiguous', 'ambiguous', 'ambiguous']);
  });

  it('are ignored where there are too many', async () => {
    const many = await verdicts((commands) => [...commands.map(success), refusal('No'), success({ command_id: 'x' })]);
    expect(many).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('never count for a delivery whose id they do not echo', async () => {
    const strangers = await verdicts(([first]) => [
      success(first),
      success({ command_id: 'dlv_other' }),
      success(first),
    ]);
    expect(strangers).toEqual(['delivered', 'ambiguous', 'ambiguous']);
  });

  it.each([[null], [true], [{}], [{ success: 'true' }], [[{ success: true }]]])(
    'are unknown when they read %j',
    async (odd) => {
      expect(await verdicts(() => [success(), odd, success()])).toEqual(['delivered', 'ambiguous', 'delivered']);
    },
  );

  it('put the credentials or the event type at fault one by one', async () => {
    const port = await answering(200, () => ({
      results: [refusal('Not authorized to add event of specified type'), refusal('Could not authenticate'), success()],
    }));
    const { answers } = await sendThree(port);
    expect(answers).toMatchObject([
      { verdict: 'rejected', atFault: null },
      { verdict: 'unauthorized', atFault: 'destination' },
      { verdict: 'delivered' },
    ]);
  });

  it('belong to their deliveries, whatever is shuffled, refused and left out', () => {
    const kept = fc.shuffledSubarray([0, 1, 2, 3, 4]);
    const refused = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(kept, refused, (places, refusals) => {
        const commands = refusals.map((_, index) => claimed({ id: index + 1 }));
        const results = places.map((place) => ({ success: !refusals[place], command_id: publicId('dlv', place + 1) }));
        const expected = refusals.map((isRefused, place) => {
          if (!places.includes(place)) return 'ambiguous';
          return isRefused ? 'rejected' : 'delivered';
        });
        expect(judgeResults(commands, results, 200).map(({ verdict }) => verdict)).toEqual(expected);
      }),
    );
  });
});

describe('a batch that is answered as a whole', () => {
  const REFUSED = '{"success":false,"message":"Invalid JSON"}';
  const table: readonly (readonly [number, string, string, boolean, boolean])[] = [
    [200, REFUSED, 'rejected', false, true],
    [200, '{"success":true}', 'ambiguous', true, true],
    [200, '<html></html>', 'ambiguous', true, true],
    [400, REFUSED, 'rejected', false, true],
    [413, '', 'rejected', false, true],
    [422, '', 'rejected', false, true],
    [408, '', 'transient', true, true],
    [500, '', 'transient', true, true],
    [502, '', 'ambiguous', true, true],
    [504, '', 'ambiguous', true, true],
    [429, '', 'transient', false, false],
    [503, '', 'transient', true, false],
    [302, '', 'transient', true, false],
    [401, '', 'unauthorized', false, false],
    [400, '{"error":"Invalid project id"}', 'unauthorized', false, false],
  ];

  it.each(table)('with %i %s: %s, failed %s, divisible %s', async (status, body, verdict, failed, divisible) => {
    const result = await sendThree(await answering(status, body));
    expect(result).toMatchObject({ failed, divisible });
    expect(result.answers.map((answer) => answer.verdict)).toEqual([verdict, verdict, verdict]);
  });

  it('is not divisible when it carried one', async () => {
    for (const status of [400, 500, 502]) {
      const result = await opened.destination(await answering(status, '')).send([claimed()], patient());
      expect(result).toMatchObject({ divisible: false, failed: status > 400 });
    }
  });

  it('with 403 puts the endpoint at fault when all commands share it', async () => {
    const result = await sendThree(await answering(403, '{"error":"No permission"}'));
    expect(result).toMatchObject({ failed: false, divisible: false });
    expect(result.answers[2]).toMatchObject({ verdict: 'unauthorized', atFault: 'endpoint' });
  });

  it('with 403 for several endpoints asks smaller calls which one it is', async () => {
    const port = await answering(403, '{"error":"No permission"}');
    const result = await opened
      .destination(port)
      .send([claimed(), claimed({ id: 2, endpoint: 'customer' })], patient());
    const one = { verdict: 'transient', code: 'DELIVERY_UNAUTHORIZED', atFault: null, httpStatus: 403 };
    expect(result).toMatchObject({ answers: [one, one], failed: false, divisible: true });
  });

  it('with 403 "invalid secret" puts the destination at fault, whatever the endpoints', async () => {
    const port = await answering(403, '{"error":"invalid secret"}');
    const result = await opened
      .destination(port)
      .send([claimed(), claimed({ id: 2, endpoint: 'customer' })], patient());
    expect(result?.answers[1]).toMatchObject({ verdict: 'unauthorized', atFault: 'destination' });
  });

  it('is lost as a whole: divisible after the body left, not before', async () => {
    const port = await opened.tcp((socket) => socket.resume());
    const late = await opened.destination(port, { timeoutMs: 50 }).send(three, patient());
    expect(late).toMatchObject({ failed: true, divisible: true });
    const refused = await opened.destination(await freePort()).send(three, patient());
    expect(refused).toMatchObject({ failed: true, divisible: false });
    expect(await opened.destination(port).send(three, AbortSignal.abort())).toBeNull();
  });
});

describe('what fits into one call', () => {
  const fitting = (sizes: readonly number[], batchSize = 50) => {
    const destination = opened.destination(1, { limits: { ...LIMITS, batchSize } });
    return destination.fit(sizes.map((size) => claimed({ request: 'x'.repeat(size) })));
  };

  it('is as many as the settings say, and never more than Bloomreach takes', () => {
    expect([fitting([9, 9, 9], 2), fitting(new Array(80).fill(9)), fitting(new Array(80).fill(9), 100)]).toEqual([
      2, 50, 50,
    ]);
  });

  it('is as many as stay below 768 kB, but at least one', () => {
    expect(fitting([256, 256, 256, 9].map((kb) => kb * 1024))).toBe(2);
    expect(fitting([2_000_000, 9])).toBe(1);
    expect(opened.destination(1).fit([claimed({ request: 'é'.repeat(400_000) }), claimed()])).toBe(1);
  });

  it('is never fewer than one nor more than there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(900_000), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, most) => {
          const count = fitting(sizes, most);
          expect(count).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(Math.min(sizes.length, most));
        },
      ),
      { numRuns: 20 },
    );
  });
});
