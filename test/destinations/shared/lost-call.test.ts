import { describe, expect, it } from 'vitest';
import { PointsmanError } from '../../../src/core/errors.ts';
import { judgeLostCall } from '../../../src/destinations/shared/lost-call.ts';

describe('judging a call without an answer', () => {
  const failing = (code: string) => Object.assign(new Error('why'), { code });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'ECONNRESET', 'DELIVERY_TIMEOUT', ''])(
    'calls it transient when nothing was sent: %s',
    (code) => {
      expect(judgeLostCall(failing(code), false)).toMatchObject({
        verdict: 'transient',
        code: 'DELIVERY_CONNECTION',
        httpStatus: null,
        detail: 'Nothing was sent: why',
      });
    },
  );

  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'DELIVERY_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', 'DELIVERY_TIMEOUT'],
    ['ETIMEDOUT', 'DELIVERY_TIMEOUT'],
    ['ECONNRESET', 'DELIVERY_RESET'],
    ['EPIPE', 'DELIVERY_RESET'],
    ['UND_ERR_SOCKET', 'DELIVERY_RESET'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'DELIVERY_RESET'],
    ['UND_ERR_HEADERS_OVERFLOW', 'DELIVERY_UNREADABLE'],
    ['UND_ERR_DESTROYED', 'DELIVERY_INTERRUPTED'],
    ['', 'DELIVERY_RESET'],
  ])('calls it ambiguous when it was sent: %s is %s', (code, expected) => {
    expect(judgeLostCall(failing(code), true)).toMatchObject({ verdict: 'ambiguous', code: expected });
  });

  it('takes an answer that is no HTTP for a wrong address', () => {
    const error = Object.assign(new Error('why'), { name: 'HTTPParserError', code: undefined });
    expect(judgeLostCall(error, true)).toMatchObject({ verdict: 'ambiguous', code: 'DELIVERY_UNREADABLE' });
  });

  it('takes the code of our own deadline', () => {
    expect(judgeLostCall(new PointsmanError('DELIVERY_TIMEOUT', 'no answer within 5 ms'), true)).toMatchObject({
      code: 'DELIVERY_TIMEOUT',
      detail: 'The answer is unknown: no answer within 5 ms',
    });
  });

  it('names the first of several addresses that failed', () => {
    const cause = new AggregateError([new Error('connect ECONNREFUSED ::1:80'), new Error('other')]);
    expect(judgeLostCall(cause, false).detail).toBe('Nothing was sent: connect ECONNREFUSED ::1:80');
  });
});
