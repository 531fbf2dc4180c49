import { describe, expect, it } from 'vitest';
import { walletOf } from '../../../src/sandbox/open-loyalty/world/member.ts';
import { faultsOfAnswer } from './official.ts';
import { DAY_MS, memberOf, START_MS, startReceiver, startSandbox, TOKEN } from './support.ts';

describe('the door of the API', () => {
  it.each<[string, Record<string, string>, number, object]>([
    ['no credentials', {}, 401, { message: 'Authentication Required' }],
    ['a wrong key', { 'x-auth-token': 'wrong' }, 401, { message: 'Authentication Required' }],
    ['a made-up token', { authorization: 'Bearer a.b.c' }, 401, { code: '401', message: 'Invalid JWT Token' }],
    ['another scheme', { authorization: 'Basic YTpi' }, 401, { message: 'Authentication Required' }],
  ])('refuses %s', async (_, headers, status, body) => {
    const { call } = await startSandbox();
    const reply = await call('GET /api/Germany/member', undefined, headers);
    expect([reply.status, reply.json]).toEqual([status, body]);
    expect(faultsOfAnswer('get', '/api/{storeCode}/member', reply.json, 401)).toBeNull();
  });

  it('lets a login in for a day, and refreshes it once', async () => {
    const { call, clock } = await startSandbox();
    expect((await call('POST /api/admin/login_check', { username: 'admin', password: 'wrong' }, {})).status).toBe(401);
    const login = await call('POST /api/admin/login_check', { username: 'admin', password: TOKEN }, {});
    const headers = { authorization: `Bearer ${login.json.token}` };
    expect((await call('GET /api/store', undefined, headers)).status).toBe(200);
    clock.nowMs += DAY_MS;
    const late = await call('GET /api/store', undefined, headers);
    expect([late.status, late.json]).toEqual([401, { code: '401', message: 'Expired JWT Token.' }]);
    const refresh = { refresh_token: login.json.refresh_token };
    const again = await call('POST /api/token/refresh', refresh, {});
    expect((await call('GET /api/store', undefined, { authorization: `Bearer ${again.json.token}` })).status).toBe(200);
    expect((await call('POST /api/token/refresh', refresh, {})).status).toBe(401);
  });

  it.each([
    '/api/France/member',
    '/api/Germany/nothing',
    '/api/Germany/member/nobody',
    '/other',
    '/api/Germany/member/%E0%A4%A',
  ])('knows nothing of %s', async (path) => {
    const { call } = await startSandbox();
    const reply = await call(`GET ${path}`);
    expect([reply.status, reply.json]).toEqual([404, { code: 404, message: 'Not Found' }]);
  });

  it('limits calls per second and logins per minute', async () => {
    const { call, clock } = await startSandbox({ callsPerSecond: 2, loginsPerMinute: 1 });
    const statuses = [];
    for (const _ of [1, 2, 3]) statuses.push((await call('GET /api/store')).status);
    const limited = await call('GET /api/store');
    expect([...statuses, limited.headers['retry-after']]).toEqual([200, 200, 429, '1']);
    clock.nowMs += 1000;
    expect((await call('GET /api/store')).status).toBe(200);
    const logins = [];
    for (const _ of [1, 2]) logins.push((await call('POST /api/admin/login_check', {}, {})).status);
    expect(logins).toEqual([401, 429]);
  });

  it('refuses a body that is no JSON', async () => {
    const { call } = await startSandbox();
    expect((await call('POST /api/Germany/points/add')).status).toBe(400);
  });
});

describe('members', () => {
  it('are paged without loss or repeat, as the official answer', async () => {
    const { call, sandbox } = await startSandbox({ members: 65 });
    const seen: string[] = [];
    for (let page = 1; page <= 5; page++) {
      const { json } = await call(`GET /api/Germany/member?_page=${page}&_itemsOnPage=10`);
      expect(faultsOfAnswer('get', '/api/{storeCode}/member', json)).toBeNull();
      expect(json.total).toEqual({ all: 33, filtered: 33, estimated: false });
      seen.push(...json.items.map(({ customerId }: { customerId: string }) => customerId));
    }
    expect(seen).toEqual(sandbox.world.state.membersOf('Germany').map(({ customerId }) => customerId));
  });

  it('are scrolled to the end', async () => {
    const { call, sandbox } = await startSandbox({ members: 65 });
    const seen: string[] = [];
    let next: string | null = '';
    for (let pages = 0; next !== null && pages < 10; pages++) {
      const { json } = await call(`GET /api/Poland/member?_scroll=${next}&_itemsOnPage=15`);
      expect(faultsOfAnswer('get', '/api/{storeCode}/member', json)).toBeNull();
      seen.push(...json.items.map(({ customerId }: { customerId: string }) => customerId));
      next = json.scroll.next;
    }
    expect(seen).toEqual(sandbox.world.state.membersOf('Poland').map(({ customerId }) => customerId));
  });

  it.each(['_itemsOnPage=51', '_itemsOnPage=0', '_page=501', '_page=x', '_page=0'])(
    'are refused with %s',
    async (query) => {
      const { call } = await startSandbox();
      const reply = await call(`GET /api/Germany/member?${query}`);
      expect([reply.status, reply.json.message, reply.json.errors.length]).toEqual([400, 'Validation failed', 1]);
    },
  );

  it.each([
    ['email=%s', 'email'],
    ['phone=%s', 'phone'],
    ['loyaltyCardNumber=%s', 'loyaltyCardNumber'],
  ] as const)('are found by %s, with their tier and default account', async (pattern, field) => {
    const { call, sandbox } = await startSandbox();
    const member = memberOf(sandbox.world, 'Germany', ({ profile }) => profile[field] !== null);
    const path = pattern.replace('%s', member.profile[field] ?? '');
    for (const segment of [path, encodeURIComponent(path), member.customerId]) {
      const { json } = await call(`GET /api/Germany/member/${segment}`);
      expect(json).toMatchObject({
        customerId: member.customerId,
        currentLevel: { levelId: member.standing.tier.levelId },
        defaultAccount: { accountId: walletOf(member).walletId, activePoints: walletOf(member).account.active },
      });
      expect(faultsOfAnswer('get', '/api/{storeCode}/member/{member}', json)).toBeNull();
    }
  });

  it('are filtered and ordered', async () => {
    const { call, sandbox } = await startSandbox({ members: 40 });
    const members = sandbox.world.state.membersOf('Germany');
    const rich = members.filter((member) => walletOf(member).account.active > 200);
    const { json } = await call(
      'GET /api/Germany/member?defaultAccount:activePoints[gt]=200&_orderBy[createdAt]=desc&_itemsOnPage=50',
    );
    expect(json.items.map(({ customerId }: { customerId: string }) => customerId)).toEqual(
      rich.map(({ customerId }) => customerId).reverse(),
    );
    expect(json.total).toMatchObject({ all: members.length, filtered: rich.length });
  });

  it.each([
    ['status', '/api/{storeCode}/member/{member}/status'],
    ['wallet', '/api/{storeCode}/member/{member}/wallet'],
    ['tierSet', '/api/{storeCode}/member/{member}/tierSet'],
    ['history', '/api/{storeCode}/member/{member}/history'],
  ])('show their %s as the official answer', async (part, path) => {
    const { call, sandbox } = await startSandbox({ members: 6, silentShare: 0 });
    await sandbox.activity(200);
    for (const { customerId, tenant } of sandbox.world.members.values()) {
      const { json, status } = await call(`GET /api/${tenant.storeCode}/member/${customerId}/${part}`);
      expect(status).toBe(200);
      expect(faultsOfAnswer('get', path, json)).toBeNull();
    }
  });

  it('show the progress in their tier set', async () => {
    const { call, sandbox } = await startSandbox();
    const member = memberOf(sandbox.world, 'Germany', ({ silent }) => silent);
    const { json } = await call(
      `GET /api/Germany/member/${member.customerId}/tierSet/${member.tenant.tierSet.tierSetId}`,
    );
    expect(faultsOfAnswer('get', '/api/{storeCode}/member/{member}/tierSet/{tierSet}', json)).toBeNull();
    expect(json).toMatchObject({ currentTierName: 'Basic', nextTierName: 'Silver' });
    expect((await call(`GET /api/Germany/member/${member.customerId}/tierSet/other`)).status).toBe(404);
  });
});

describe('wallets and transfers', () => {
  it('do not tell whose a wallet is', async () => {
    const { call, sandbox } = await startSandbox();
    const wallet = walletOf(memberOf(sandbox.world, 'Germany'));
    const { json } = await call(`GET /api/Germany/wallet/${wallet.walletId}`);
    expect(faultsOfAnswer('get', '/api/{storeCode}/wallet/{wallet}', json)).toBeNull();
    expect(json.account.activeUnits).toBe(wallet.account.active);
    expect(JSON.stringify(json)).not.toMatch(/customerId|walletId"/);
    expect((await call(`GET /api/Poland/wallet/${wallet.walletId}`)).status).toBe(404);
  });

  it('list what expires until a day', async () => {
    const { call, sandbox } = await startSandbox();
    const member = memberOf(sandbox.world, 'Germany');
    sandbox.world.earnPoints(member, { units: 3, expiresInDays: 2 }, START_MS);
    const { json } = await call(
      `GET /api/Germany/points?member:id=${member.customerId}&expiresAt[lte]=2026-01-18T00:00:00Z`,
    );
    expect(faultsOfAnswer('get', '/api/{storeCode}/points', json)).toBeNull();
    expect(json.items).toMatchObject([{ value: 3, type: 'adding', accountId: walletOf(member).walletId }]);
  });
});

describe('what is written', () => {
  it('changes the world and is told to subscribers', async () => {
    const { received, url } = await startReceiver();
    const { call, sandbox } = await startSandbox({ silentShare: 0 });
    sandbox.subscribe({ url, storeCodes: ['Germany'] });
    const member = memberOf(sandbox.world, 'Germany', ({ profile }) => profile.email !== null);
    const { tenant, customerId } = member;
    const told = async () => {
      await sandbox.idle();
      return received.splice(0).map(({ json }) => json.eventName);
    };
    const added = await call('POST /api/Germany/points/add', {
      transfer: { customer: customerId, points: '500', comment: 'Hi' },
    });
    expect(added.json.transferId).toBe(walletOf(member).transfers.at(-1)?.transferId);
    expect(await told()).toContain('AvailablePointsAmountChanged');
    await call('POST /api/Germany/points/spend', {
      transfer: { customer: `email=${member.profile.email}`, points: 1 },
    });
    expect(await told()).toEqual(['UnitsTransferWasAdded', 'AvailablePointsAmountChanged']);
    const employee = tenant.tierSet.tiers.find(({ name }) => name === 'Employee');
    expect(
      (await call(`POST /api/Germany/member/${customerId}/tier`, { levelId: employee?.levelId ?? '' })).status,
    ).toBe(204);
    expect(await told()).toEqual(['CustomerLevelChanged', 'CustomerUpdated']);
    const material = tenant.rewards.find(({ type }) => type === 'material');
    const bought = await call(`POST /api/Germany/reward/${material?.rewardId}/buy`, { customerId });
    expect(await told()).toEqual(['UnitsTransferWasAdded', 'AvailablePointsAmountChanged', 'CustomerBoughtReward']);
    const { issuedRewardId } = bought.json[0];
    expect((await call(`POST /api/Germany/redemption/${issuedRewardId}/status`, { status: 'shipped' })).status).toBe(
      204,
    );
    expect(await told()).toEqual(['RewardRedemptionStatusChanged']);
    expect((await call(`GET /api/Germany/redemption/${issuedRewardId}`)).json).toMatchObject({
      status: 'shipped',
      name: 'Backpack',
    });
    await call('POST /api/Germany/customEvent', {
      event: { type: 'review', customerData: { email: member.profile.email } },
    });
    expect(await told()).toContain('MemberAchievementProgressWasChanged');
    await call(`PUT /api/Germany/member/${customerId}`, { customer: { phone: '+49555111222' } });
    expect(await told()).toEqual(['CustomerUpdated', 'CustomerPhoneNumberWasChanged']);
    expect((await call(`POST /api/Germany/member/${customerId}/deactivate`)).status).toBe(204);
    expect(await told()).toEqual(['CustomerDeactivated']);
  });

  it('registers members and purchases', async () => {
    const { received, url } = await startReceiver();
    const { call, sandbox } = await startSandbox();
    sandbox.subscribe({ url, storeCodes: ['Poland'] });
    const created = await call('POST /api/Poland/member', {
      customer: { email: 'ola@poland.example', firstName: 'Ola' },
    });
    expect(created.json).toEqual({ customerId: expect.any(String), email: 'ola@poland.example' });
    const header = { documentNumber: 'D-1', documentType: 'sell', purchasedAt: '2026-01-15T10:00:00+01:00' };
    const items = [{ sku: 'S', name: 'Mug', category: 'home', grossValue: 12.5, quantity: 1 }];
    const shop = { transaction: { header, items, customerData: { email: 'OLA@poland.example' } } };
    const { json } = await call('POST /api/Poland/transaction', shop);
    const stored = await call(`GET /api/Poland/transaction/${json.transactionId}`);
    expect(faultsOfAnswer('get', '/api/{storeCode}/transaction/{transaction}', stored.json)).toBeNull();
    expect(stored.json).toMatchObject({
      customerId: created.json.customerId,
      matched: true,
      pointsEarned: 12,
      currency: 'PLN',
    });
    await call('POST /api/Poland/member/register', { customer: { phone: '+48555999888' } });
    await sandbox.idle();
    const names = received.map(({ json }) => json.eventName);
    expect(names).toContain('CustomerRegistered');
    expect(names).toContain('CustomerWasRegisteredWithoutActivation');
    expect(names).toContain('TransactionAssignedToCustomer');
  });

  it.each<[string, object, string]>([
    ['POST /api/Germany/points/add', { transfer: { customer: 'nobody', points: 5 } }, 'customer'],
    ['POST /api/Germany/points/spend', { transfer: { customer: 'ID', points: 1e9 } }, 'points'],
    ['POST /api/Germany/points/add', { transfer: { customer: 'ID' } }, 'points'],
    ['POST /api/Germany/points/add', { transfer: { customer: 'ID', points: 5, walletCode: 'gold' } }, 'walletCode'],
    ['POST /api/Germany/member', { customer: {} }, 'email'],
    ['POST /api/Germany/member', { customer: { email: 'nobody' } }, 'email'],
    ['PUT /api/Germany/member/ID', { customer: { firstName: 'X', levelId: 'none' } }, 'levelId'],
    ['POST /api/Germany/transaction', { transaction: { items: [] } }, 'items'],
    ['POST /api/Germany/reward/none/buy', { customerId: 'ID' }, 'reward'],
    ['POST /api/Germany/customEvent', { event: {} }, 'type'],
    [
      'PATCH /api/Germany/settings',
      { settings: { expirePointsNotificationDays: 1.5 } },
      'expirePointsNotificationDays',
    ],
  ])('is refused: %s %j', async (line, body, path) => {
    const { call, sandbox } = await startSandbox();
    const text = JSON.stringify(body).replaceAll('ID', memberOf(sandbox.world, 'Germany').customerId);
    const { customerId } = memberOf(sandbox.world, 'Germany');
    const { status, json } = await call(line.replace('ID', customerId), JSON.parse(text));
    expect([status, json.code, json.errors[0].path]).toEqual([400, 400, path]);
  });

  it('sets when reminders go out', async () => {
    const { call, sandbox } = await startSandbox();
    expect((await call('PATCH /api/Germany/settings', { settings: { expirePointsNotificationDays: 5 } })).status).toBe(
      204,
    );
    expect(sandbox.world.tenant('Germany').settings.expirePointsNotificationDays).toBe(5);
    expect(sandbox.world.tenant('Poland').settings.expirePointsNotificationDays).toBe(14);
    expect((await call('GET /api/Germany/settings')).json.settings.expireLevelsNotificationDays).toBe(30);
  });
});

describe('a REST fault', () => {
  it.each([
    [{ kind: 'status', status: 401 }, 401],
    [{ kind: 'status', status: 429, retryAfter: 2 }, 429],
    [{ kind: 'status', status: 500 }, 500],
    [{ kind: 'html' }, 502],
    [{ kind: 'html', status: 200 }, 200],
  ] as const)('%j answers %i, once', async (fault, status) => {
    const { call, sandbox } = await startSandbox();
    sandbox.faults.add({ ...fault, count: 1, match: { path: '/member' } });
    expect((await call('GET /api/store')).status).toBe(200);
    const reply = await call('GET /api/Germany/member');
    expect(reply.status).toBe(status);
    expect(reply.headers['retry-after']).toBe(status === 429 ? '2' : undefined);
    expect(reply.text.startsWith('<html>')).toBe(fault.kind === 'html');
    expect((await call('GET /api/Germany/member')).json.items.length).toBeGreaterThan(0);
  });

  it('half answers half a page, cut breaks the connection', async () => {
    const { call, sandbox } = await startSandbox();
    sandbox.faults.add({ kind: 'half', count: 1 });
    const half = await call('GET /api/Germany/member');
    expect([half.status, half.json]).toEqual([200, undefined]);
    expect(half.text.startsWith('{"items":[{')).toBe(true);
    sandbox.faults.add({ kind: 'cut', count: 1 });
    await expect(call('GET /api/Germany/member')).rejects.toThrow();
    expect((await call('GET /api/Germany/member')).status).toBe(200);
  });

  it('hang never answers until the sandbox closes; latency holds back', async () => {
    const { call, sandbox } = await startSandbox();
    sandbox.faults.add({ kind: 'latency', ms: 40, count: 1 });
    const startedMs = performance.now();
    await call('GET /api/store');
    expect(performance.now() - startedMs).toBeGreaterThan(30);
    sandbox.faults.add({ kind: 'hang' });
    const hanging = expect(call('GET /api/store')).rejects.toThrow();
    await call('GET /_sandbox/faults');
    await sandbox.close();
    await hanging;
  });
});
