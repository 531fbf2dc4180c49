import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, PointsmanError, type Stage } from '../../src/core/errors.ts';

const STAGES_BY_PREFIX: Readonly<Record<string, readonly Stage[]>> = {
  CONFIG: ['config'],
  MAPPING: ['mapping'],
  SOURCE: ['receive', 'route'],
  TRANSFORM: ['route'],
  DELIVERY: ['deliver'],
  STORE: ['store'],
  API: ['api'],
  CLI: ['api'],
};

const codes = Object.keys(ERRORS) as ErrorCode[];

describe('the error catalogue', () => {
  it.each(codes)('%s tells its stage by its prefix, a status and a remedy of one sentence', (code) => {
    const { stage, httpStatus, remedy } = ERRORS[code];
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(STAGES_BY_PREFIX[code.split('_', 1)[0] ?? '']).toContain(stage);
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('gives an error its stage, status, remedy and whether to try again', () => {
    const cause = new Error('disk full');
    const error = new PointsmanError('STORE_UNWRITABLE', 'Cannot write', { cause });
    expect(error).toMatchObject({ name: 'PointsmanError', code: 'STORE_UNWRITABLE', message: 'Cannot write', cause });
    expect(error).toMatchObject({ stage: 'store', httpStatus: 503, retryable: true });
    expect(error.remedy).toBe(ERRORS.STORE_UNWRITABLE.remedy);
    expect(error).toBeInstanceOf(Error);
  });
});
