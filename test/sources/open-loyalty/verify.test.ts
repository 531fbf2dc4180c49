import { describe, expect, it } from 'vitest';
import type { InboundRequest, Verified } from '../../../src/ports/source.ts';
import { createVerify, type VerifySettings } from '../../../src/sources/open-loyalty/create-verify.ts';
import { createOpenLoyaltySource } from '../../../src/sources/open-loyalty/source.ts';
import { GENUINE, refused, type Verify } from '../../../src/sources/open-loyalty/verify.ts';
import { verifyAnyOf } from '../../../src/sources/open-loyalty/verify-any-of.ts';

const header: VerifySettings = { type: 'header', name: 'X-Pointsman-Token', value: 'open sesame' };
const basic: VerifySettings = { type: 'basic', username: 'loyalty', password: 'p:ä ss' };

function request(headers: Record<string, string>): InboundRequest {
  return { method: 'POST', headers, body: new Uint8Array(), receivedAtMs: 0 };
}

function basicHeader(credentials: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

describe('verification', () => {
  it.each<[string, VerifySettings, Record<string, string>]>([
    ['the right header', header, { 'x-pointsman-token': 'open sesame' }],
    ['the right credentials', basic, basicHeader('loyalty:p:ä ss')],
    [
      'the scheme in lower case',
      basic,
      { authorization: basicHeader('loyalty:p:ä ss')['authorization']?.replace('B', 'b') ?? '' },
    ],
    [
      'credentials without base64 padding',
      basic,
      { authorization: basicHeader('loyalty:p:ä ss')['authorization']?.replaceAll('=', '') ?? '' },
    ],
    ['anything when nothing is asked', { type: 'none' }, {}],
    ['the second of a list', { type: 'any-of', members: [basic, header] }, { 'x-pointsman-token': 'open sesame' }],
  ])('accepts %s', (_, settings, headers) => {
    expect(createVerify(settings).check(request(headers))).toEqual(GENUINE);
  });

  it.each<[string, VerifySettings, Record<string, string>]>([
    ['no header', header, {}],
    ['an empty header', header, { 'x-pointsman-token': '' }],
    ['a header with another value', header, { 'x-pointsman-token': 'close sesame' }],
    ['a prefix of the value', header, { 'x-pointsman-token': 'open' }],
    ['the value sent twice', header, { 'x-pointsman-token': 'open sesame, open sesame' }],
    ['a header that objects inherit', { type: 'header', name: 'constructor', value: 'x' }, {}],
    ['no header although the secret is empty', { type: 'header', name: 'x-token', value: '' }, {}],
    ['another password', basic, basicHeader('loyalty:wrong')],
    ['another scheme', basic, { authorization: 'Bearer p:ä ss' }],
    ['credentials that are not base64', basic, { authorization: 'Basic %%%' }],
    ['the credentials in the wrong header', basic, { 'x-pointsman-token': 'loyalty:p:ä ss' }],
    ['nothing that a list asks for', { type: 'any-of', members: [header, basic] }, { 'x-pointsman-token': 'no' }],
    ['everything for an empty list', { type: 'any-of', members: [] }, {}],
  ])('refuses %s', (_, settings, headers) => {
    const verified = createVerify(settings).check(request(headers));
    expect(verified).toEqual({ genuine: false, reason: expect.any(String) });
  });

  it('says what is wrong without the value that was presented or the one expected', () => {
    const list: VerifySettings = { type: 'any-of', members: [header, basic] };
    const guesses = request({ ...basicHeader('mallory:guess'), 'x-pointsman-token': 'guess' });
    const reason = 'the header X-Pointsman-Token does not hold the secret; the basic credentials are wrong';
    expect(createVerify(list).check(guesses)).toEqual(refused(reason));
    expect(createOpenLoyaltySource({ id: 'open-loyalty', verify: list }).verify(guesses)).toEqual(refused(reason));
  });

  it('asks every member of a list, whichever accepts', () => {
    const asked: string[] = [];
    const member = (name: string, answer: Verified): Verify => ({
      needsBody: false,
      check: () => {
        asked.push(name);
        return answer;
      },
    });
    const members = [member('first', GENUINE), member('second', refused('no')), member('third', GENUINE)];
    expect(verifyAnyOf(members).check(request({}))).toEqual(GENUINE);
    expect(asked).toEqual(['first', 'second', 'third']);
  });

  it('needs the body as soon as one member of a list does', () => {
    const signature: Verify = { needsBody: true, check: () => GENUINE };
    expect(verifyAnyOf([createVerify(header), signature]).needsBody).toBe(true);
    expect(createVerify({ type: 'any-of', members: [header, basic] }).needsBody).toBe(false);
  });
});
