import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/core/attempt.ts';
import { createRedactor } from '../../../src/destinations/shared/redact.ts';

const answer = (detail: string | null, response: string | null): Answer => ({
  verdict: 'rejected',
  code: 'DELIVERY_REJECTED',
  httpStatus: 400,
  detail,
  response,
  retryAfterMs: null,
  atFault: null,
});

describe('redacting an answer', () => {
  it('takes secrets out of detail and response, in every notation', () => {
    const redact = createRedactor(['to/ken', 'quo"ted', '']);
    const echoed = 'GET /projects/to%2Fken and to/ken and {"a":"quo\\"ted"}';
    const { detail, response } = redact(answer(echoed, echoed));
    expect(response).toBe('GET /projects/[secret] and [secret] and {"a":"[secret]"}');
    expect(detail).toBe(response);
  });

  it('hides a secret that contains another one whole', () => {
    expect(createRedactor(['abc', 'abcdef'])(answer('abcdef', null)).detail).toBe('[secret]');
  });

  it('shortens only after it masked, so that no half of a secret stays', () => {
    const { detail, response } = createRedactor(['supersecret'])(
      answer(`${'x'.repeat(294)}supersecret`, `${'x'.repeat(4090)}supersecret`),
    );
    expect(`${detail}${response}`).not.toContain('super');
  });

  it('makes the detail one line of at most 300 characters', () => {
    const { detail } = createRedactor([])(answer(`one\r\n\ttwo\u0000three ${'😀'.repeat(400)}`, null));
    expect(detail).toMatch(/^one two three 😀+…$/u);
    expect(detail?.length).toBeLessThanOrEqual(300);
    expect(detail?.isWellFormed()).toBe(true);
  });

  it('keeps at most 4 kB of the response, in whole characters', () => {
    const { response } = createRedactor([])(answer(null, `a${'€'.repeat(3000)}`));
    expect(Buffer.byteLength(response ?? '')).toBe(4096);
    expect(response?.endsWith('€')).toBe(true);
  });
});
