import {
  type AnswerOf,
  type Endpoint,
  governanceEndpoints as e,
  PERMISSIONS_OF_ROLE,
  promotionEndpoints,
  type Role,
  segmentEndpoints,
} from '@qianmian/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../platform/clock.ts';
import { type TestApp, testApp } from '../test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints, looked at by field
  body: any;
}
/** Somebody with a browser: calls with their cookie, from their own address. */
interface Person {
  call(endpoint: Endpoint, given?: { params?: object; body?: object }): Promise<Answer>;
}

let people = 0;
function visitor(cookie = '', remoteAddress = `10.9.${people++ >> 8}.${people & 255}`): Person {
  return {
    async call(endpoint, { params = {}, body } = {}) {
      const url = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
        encodeURIComponent(String((params as Record<string, string>)[name])),
      );
      const response = await t.app.http.app.inject({
        method: endpoint.method,
        url,
        remoteAddress,
        headers: { cookie, 'x-qianmian': '1' },
        ...(body ? { payload: body } : {}),
      });
      const set = response.headers['set-cookie'];
      if (set) cookie = String(set).split(';')[0]!;
      return { status: response.statusCode, body: response.body === '' ? null : response.json() };
    },
  };
}

const tokenOf = (path: string) => path.split('#link=')[1]!;

/** Invites somebody and lets them come in; they stay signed in. */
async function member(workspace: string, email: string, role: Role, password = `${email} secret`) {
  const { link } = await t.call(e.addMember, {
    params: { workspace },
    body: { email, name: email, role },
  });
  const person = visitor();
  const came = await person.call(e.redeemLink, { body: { token: tokenOf(link.path), password } });
  expect(came.status).toBe(200);
  return Object.assign(person, { id: came.body.account.id as string, email, password });
}

const membersOf = async (workspace: string): Promise<AnswerOf<typeof e.listMembers>> =>
  t.call(e.listMembers, { params: { workspace } });
const ownersOf = async (workspace: string) =>
  (await membersOf(workspace)).filter((m) => m.role === 'owner').map((m) => m.email);

describe('members', () => {
  it('a member cannot be added again to change the role', async () => {
    const workspace = await t.workspace();
    await member(workspace, 'boss@six.example', 'owner');
    const admin = await member(workspace, 'admin@six.example', 'admin');
    const again = await admin.call(e.addMember, {
      params: { workspace },
      body: { email: 'boss@six.example', name: 'x', role: 'viewer' },
    });
    expect([again.status, again.body.code]).toEqual([409, 'member.exists']);
    expect(await ownersOf(workspace)).toEqual(['boss@six.example']);
  });

  it('only owners make, change and remove owners, by whatever door', async () => {
    const workspace = await t.workspace();
    const boss = await member(workspace, 'boss@doors.example', 'owner');
    const admin = await member(workspace, 'admin@doors.example', 'admin');
    const invited = await boss.call(e.addMember, {
      params: { workspace },
      body: { email: 'second@doors.example', name: 'S', role: 'owner' },
    });
    const refused = [
      await admin.call(e.addMember, {
        params: { workspace },
        body: { email: 'x@doors.example', name: 'X', role: 'owner' },
      }),
      await admin.call(e.addMember, {
        params: { workspace },
        body: { email: 'second@doors.example', name: 'S', role: 'viewer' },
      }),
      await admin.call(e.withdrawInvitation, { params: { workspace, id: invited.body.id } }),
      await admin.call(e.changeMember, { params: { workspace, id: boss.id }, body: { role: 'viewer' } }),
      await admin.call(e.changeMember, { params: { workspace, id: admin.id }, body: { role: 'owner' } }),
      await admin.call(e.removeMember, { params: { workspace, id: boss.id } }),
      await admin.call(e.makePasswordLink, { params: { workspace, id: boss.id } }),
    ];
    expect(refused.map((r) => [r.status, r.body.code])).toEqual(
      refused.map(() => [403, 'member.owners_only']),
    );
    expect(await t.call(e.listInvitations, { params: { workspace } })).toHaveLength(1);
    const key = await t.call(e.createApiKey, { params: { workspace }, body: { name: 'k', role: 'admin' } });
    const byKey = await t.raw(e.removeMember, { params: { workspace, id: boss.id }, token: key.secret });
    expect(byKey.body).toMatchObject({ code: 'member.owners_only' });
  });

  it('keeps an owner when two remove, or demote, each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const workspace = await t.workspace();
      const a = await member(workspace, `a${round}@both.example`, 'owner');
      const b = await member(workspace, `b${round}@both.example`, 'owner');
      const out = (of: { id: string }) => ({ params: { workspace, id: of.id } });
      const [first, second] = await Promise.all([
        a.call(e.removeMember, out(b)),
        round % 2
          ? b.call(e.removeMember, out(a))
          : b.call(e.changeMember, { ...out(a), body: { role: 'viewer' } }),
      ]);
      expect(await ownersOf(workspace)).toHaveLength(1);
      expect([first.status, second.status].filter((s) => s < 300)).toHaveLength(1);
      expect([first.status, second.status].some((s) => [401, 403, 404, 409].includes(s))).toBe(true);
    }
  });

  it('keeps the only owner', async () => {
    const workspace = await t.workspace();
    const owner = await member(workspace, 'only@one.example', 'owner');
    const params = { workspace, id: owner.id };
    const answers = [
      await owner.call(e.removeMember, { params }),
      await owner.call(e.changeMember, { params, body: { role: 'admin' } }),
    ];
    expect(answers.map((a) => a.body.code)).toEqual(['member.last_owner', 'member.last_owner']);
    const local = await t.raw(e.removeMember, { params });
    expect(local.body).toMatchObject({ code: 'member.last_owner' });
  });
});

describe('invitations', () => {
  it('show a link once; the person sets the password; the link works once', async () => {
    const workspace = await t.workspace();
    const made = await t.call(e.addMember, {
      params: { workspace },
      body: { email: 'New@Person.example', name: 'New', role: 'operator' },
    });
    expect(made).toMatchObject({ email: 'new@person.example', hasAccount: false });
    const token = tokenOf(made.link.path);
    const listed = await t.call(e.listInvitations, { params: { workspace } });
    expect(listed).toMatchObject([{ email: 'new@person.example', role: 'operator' }]);
    expect(JSON.stringify(listed)).not.toContain(token);
    expect(await membersOf(workspace)).toEqual([]);

    const person = visitor();
    expect((await person.call(e.readLink, { body: { token } })).body).toMatchObject({
      purpose: 'join',
      email: 'new@person.example',
      hasAccount: false,
      workspace: { id: workspace, role: 'operator' },
    });
    const short = await person.call(e.redeemLink, { body: { token, password: 'short' } });
    expect(short).toMatchObject({ status: 400, body: { fields: { password: expect.any(String) } } });
    const came = await person.call(e.redeemLink, {
      body: { token, password: 'my own choice', name: 'Newt' },
    });
    expect(came.body).toMatchObject({ account: { name: 'Newt' }, workspaces: [{ id: workspace }] });
    expect((await person.call(e.getSession)).status).toBe(200);
    const again = await visitor().call(e.redeemLink, { body: { token, password: 'another one' } });
    expect(again).toMatchObject({ status: 410, body: { code: 'auth.link_over' } });
    expect((await membersOf(workspace)).map((m) => m.role)).toEqual(['operator']);
  });

  it('used twice at once let one in', async () => {
    const workspace = await t.workspace();
    const { link } = await t.call(e.addMember, {
      params: { workspace },
      body: { email: 'twice@x.example', name: 'T', role: 'viewer' },
    });
    const body = { token: tokenOf(link.path), password: 'at the same time' };
    const both = await Promise.all([visitor(), visitor()].map((v) => v.call(e.redeemLink, { body })));
    expect(both.map((b) => b.status).sort()).toEqual([200, 410]);
  });

  it('run out, are withdrawn, and are replaced by a newer one', async () => {
    const workspace = await t.workspace();
    const invite = async (email: string) => {
      const made = await t.call(e.addMember, {
        params: { workspace },
        body: { email, name: 'x', role: 'viewer' },
      });
      return { id: made.id, token: tokenOf(made.link.path) };
    };
    const read = async (token: string) => (await visitor().call(e.readLink, { body: { token } })).status;
    const first = await invite('p@late.example');
    const second = await invite('p@late.example');
    expect([await read(first.token), await read(second.token)]).toEqual([410, 200]);
    await t.call(e.withdrawInvitation, { params: { workspace, id: second.id } });
    expect(await read(second.token)).toBe(410);
    const third = await invite('p@late.example');
    t.accountsClock.advance(7 * DAY);
    expect(await read(third.token)).toBe(410);
    expect(await read('qmi_nonsense')).toBe(410);
  });

  it("live by the time outside, also where the shop's is let run ahead", async () => {
    const workspace = await t.workspace();
    const person = await member(workspace, 'ahead@x.example', 'viewer');
    t.clock.advance(60 * DAY);
    expect((await person.call(e.getSession)).status).toBe(200);
  });

  it('refuse a first password chosen by who invites', async () => {
    const workspace = await t.workspace();
    const answer = await t.raw(e.addMember, {
      params: { workspace },
      body: { email: 'x@x.example', name: 'X', role: 'viewer', password: 'chosen by admin' },
    });
    expect(answer.status).toBe(400);
  });
});

describe('an account in two workspaces', () => {
  it('is entered by nobody who only made it: the other workspace lets in who has its own link', async () => {
    const [mine, theirs] = [await t.workspace(), await t.workspace()];
    const boss = await member(theirs, 'boss@theirs.example', 'owner');
    // The admin of one workspace uses the link meant for the person.
    const impostor = await member(mine, 'cfo@corp.example', 'viewer', 'chosen by the impostor');
    const invited = await boss.call(e.addMember, {
      params: { workspace: theirs },
      body: { email: 'cfo@corp.example', name: 'CFO', role: 'admin' },
    });
    expect(invited.body.hasAccount).toBe(true);
    expect((await impostor.call(e.getWorkspace, { params: { workspace: theirs } })).status).toBe(404);
    // Who has the link but not the password is no member either, and takes nothing over.
    const token = tokenOf(invited.body.link.path);
    const guess = await visitor().call(e.redeemLink, { body: { token, password: 'a guess of it' } });
    expect(guess).toMatchObject({ status: 401, body: { code: 'auth.wrong_password' } });
    const came = await visitor().call(e.redeemLink, {
      body: { token, password: 'chosen by the impostor' },
    });
    expect(came.body.workspaces.map((w: { id: string }) => w.id).sort()).toEqual([mine, theirs].sort());
  });

  it('gets no password link from who manages only one of them', async () => {
    const [mine, theirs] = [await t.workspace(), await t.workspace()];
    const admin = await member(mine, 'admin@mine.example', 'admin');
    const both = await member(mine, 'both@two.example', 'viewer');
    const before = await admin.call(e.makePasswordLink, { params: { workspace: mine, id: both.id } });
    expect(before.status).toBe(200);
    t.accountsClock.advance(1);
    const { link } = await t.call(e.addMember, {
      params: { workspace: theirs },
      body: { email: both.email, name: 'B', role: 'admin' },
    });
    const body = { token: tokenOf(link.path), password: both.password };
    expect((await visitor().call(e.redeemLink, { body })).status).toBe(200);
    // The link made while the person was only here is over, and no new one is made.
    const used = await visitor().call(e.redeemLink, {
      body: { token: tokenOf(before.body.path), password: 'taken over now' },
    });
    expect(used.status).toBe(410);
    const after = await admin.call(e.makePasswordLink, { params: { workspace: mine, id: both.id } });
    expect(after).toMatchObject({ status: 409, body: { code: 'member.elsewhere' } });
  });
});

describe('passwords', () => {
  it('hash nothing for who holds none', async () => {
    const body = { token: `qmp_${'x'.repeat(40)}`, password: 'short' };
    expect(await visitor().call(e.redeemLink, { body })).toMatchObject({
      status: 410,
      body: { code: 'auth.link_over' },
    });
  });

  it('are set anew by a link of who manages the person; every session ends', async () => {
    const workspace = await t.workspace();
    const admin = await member(workspace, 'admin@reset.example', 'admin');
    const person = await member(workspace, 'forgetful@reset.example', 'viewer');
    const made = await admin.call(e.makePasswordLink, { params: { workspace, id: person.id } });
    const token = tokenOf(made.body.path);
    expect((await visitor().call(e.readLink, { body: { token } })).body).toMatchObject({
      purpose: 'password',
      email: 'forgetful@reset.example',
      workspace: null,
    });
    expect((await person.call(e.getSession)).status).toBe(200);
    const fresh = visitor();
    expect((await fresh.call(e.redeemLink, { body: { token, password: 'remembered now' } })).status).toBe(
      200,
    );
    expect((await person.call(e.getSession)).status).toBe(401);
    expect((await fresh.call(e.getSession)).status).toBe(200);
    const signIn = (password: string) =>
      visitor().call(e.signIn, { body: { email: 'forgetful@reset.example', password } });
    expect((await signIn('remembered now')).status).toBe(200);
    expect((await signIn(person.password)).status).toBe(401);
    const again = await visitor().call(e.redeemLink, { body: { token, password: 'a second time' } });
    expect(again.status).toBe(410);
  });

  it('of the founder are reset on the server’s machine alone', async () => {
    const workspace = await t.workspace();
    const id = await t.app.accounts.create({
      email: 'founder@x.example',
      name: 'F',
      password: 'founding father',
      founder: true,
    });
    const { link } = await t.call(e.addMember, {
      params: { workspace },
      body: { email: 'founder@x.example', name: 'F', role: 'viewer' },
    });
    const body = { token: tokenOf(link.path), password: 'founding father' };
    expect((await visitor().call(e.redeemLink, { body })).status).toBe(200);
    const owner = await member(workspace, 'owner@founder.example', 'owner');
    const refused = await owner.call(e.makePasswordLink, { params: { workspace, id } });
    expect(refused.body.code).toBe('member.elsewhere');
    expect((await owner.call(e.makeOwnerPasswordLink, { body: {} })).body.code).toBe('auth.forbidden');
    const made = await t.call(e.makeOwnerPasswordLink, { body: {} });
    expect(made.email).toBe('founder@x.example');
    const used = await visitor().call(e.redeemLink, {
      body: { token: tokenOf(made.path), password: 'found it again' },
    });
    expect(used.status).toBe(200);
  });

  it('asked for in parallel are tried eight times', async () => {
    const workspace = await t.workspace();
    const person = await member(workspace, 'target@x.example', 'viewer');
    const guesser = visitor('', '10.66.0.1');
    const guesses = Array.from({ length: 60 }, (_, i) =>
      guesser.call(e.signIn, {
        body: { email: person.email, password: i === 40 ? person.password : `guess ${i}` },
      }),
    );
    const codes = (await Promise.all(guesses)).map((a) => a.status);
    expect(codes.filter((c) => c === 401)).toHaveLength(8);
    expect(codes.filter((c) => c === 429)).toHaveLength(52);
    const self = { body: { email: person.email, password: person.password } };
    expect((await visitor().call(e.signIn, self)).status).toBe(200);
  });

  it('are not guessed by way of changing them either', async () => {
    const workspace = await t.workspace();
    const person = await member(workspace, 'change@x.example', 'viewer');
    const change = (current: string) =>
      person.call(e.changePassword, { body: { current, next: 'something new' } });
    const codes: number[] = [];
    for (let i = 0; i < 10; i++) codes.push((await change(`guess ${i}`)).status);
    expect(codes).toEqual([...Array(8).fill(400), 429, 429]);
    t.accountsClock.advance(DAY / 24);
    expect((await change(person.password)).status).toBe(204);
    expect((await person.call(e.getSession)).status).toBe(200);
  });

  it('say how long to wait', async () => {
    const codes = [];
    for (let i = 0; i < 9; i++)
      codes.push(
        await t.app.http.app.inject({
          method: 'POST',
          url: '/v1/session',
          remoteAddress: '10.67.0.1',
          payload: { email: 'wait@x.example', password: 'nothing' },
        }),
      );
    expect(codes.at(-1)!.json()).toMatchObject({ code: 'auth.too_many_tries' });
    expect(Number(codes.at(-1)!.headers['retry-after'])).toBeGreaterThan(500);
  });
});

describe('who was taken out everywhere', () => {
  it('is signed out and not let in again, until invited', async () => {
    const [one, two] = [await t.workspace(), await t.workspace()];
    const person = await member(one, 'leaver@x.example', 'operator');
    const { link } = await t.call(e.addMember, {
      params: { workspace: two },
      body: { email: person.email, name: 'L', role: 'viewer' },
    });
    const join = (path: string) =>
      visitor().call(e.redeemLink, { body: { token: tokenOf(path), password: person.password } });
    expect((await join(link.path)).status).toBe(200);
    await t.call(e.removeMember, { params: { workspace: one, id: person.id } });
    expect((await person.call(e.getSession)).status).toBe(200);
    await t.call(e.removeMember, { params: { workspace: two, id: person.id } });
    expect((await person.call(e.getSession)).status).toBe(401);
    const back = await visitor().call(e.signIn, { body: { email: person.email, password: person.password } });
    expect(back).toMatchObject({ status: 403, body: { code: 'auth.no_workspace' } });
    const again = await t.call(e.addMember, {
      params: { workspace: one },
      body: { email: person.email, name: 'L', role: 'viewer' },
    });
    expect((await join(again.link.path)).status).toBe(200);
  });
});

describe('making workspaces', () => {
  it('takes owning one, or having founded the server', async () => {
    const workspace = await t.workspace();
    const make = (who: Person, id: string) => who.call(e.createWorkspace, { body: { id, name: id } });
    for (const role of Object.keys(PERMISSIONS_OF_ROLE) as Role[]) {
      const person = await member(workspace, `${role}@make.example`, role);
      const answer = await make(person, `made-by-${role}`);
      expect([role, answer.status]).toEqual([role, role === 'owner' ? 200 : 403]);
      expect((await person.call(e.getSession)).body.mayCreateWorkspaces).toBe(role === 'owner');
    }
    await t.app.accounts.create({
      email: 'f@make.example',
      name: 'F',
      password: 'first of all',
      founder: true,
    });
    const founder = visitor();
    await founder.call(e.signIn, { body: { email: 'f@make.example', password: 'first of all' } });
    expect((await make(founder, 'made-by-founder')).status).toBe(200);
  });
});

describe('the audit', () => {
  it('calls what was done by name, also where the entry itself has none', async () => {
    const workspace = await t.workspace();
    const made = await t.call(e.createApiKey, {
      params: { workspace },
      body: { name: 'Till', role: 'viewer' },
    });
    await t.call(e.deleteApiKey, { params: { workspace, id: made.id } });
    const { rows } = await t.call(e.listAudit, { params: { workspace }, query: {} });
    expect(rows.slice(0, 2)).toMatchObject([
      { action: 'api_key.delete', target: made.id, targetName: 'Till', detail: {} },
      { action: 'api_key.create', target: made.id, targetName: 'Till' },
    ]);
  });
});

describe('the currency of a workspace', () => {
  const product = { product_id: 'tea', price: 12.34 };
  const sold = { type: 'track', userId: 'u', event: 'Order Completed', messageId: 'm' };
  const amounts: [string, (workspace: string) => Promise<unknown>][] = [
    ['an order', (w) => t.send(w, [{ ...sold, properties: { order_id: 'o', total: 1234.56 } }])],
    ['a price', (w) => t.send(w, [{ ...sold, event: 'Product Viewed', properties: product }])],
    [
      'a coupon',
      (workspace) =>
        t.call(promotionEndpoints.createCoupon, {
          params: { workspace },
          body: { name: 'Tea', discount: { kind: 'amount', amountCents: 500 }, prefix: 'TEA' },
        }),
    ],
    [
      'a segment',
      (workspace) =>
        t.call(segmentEndpoints.createSegment, {
          params: { workspace },
          body: {
            name: 'Best',
            condition: { kind: 'fact', fact: 'spendCents', test: { op: 'gte', value: 10_000 } },
          },
        }),
    ],
  ];

  it.each(amounts)('stays as soon as there is %s in it', async (_, tell) => {
    const workspace = await t.workspace({ currency: 'EUR' });
    const params = { workspace };
    await t.send(workspace, [{ ...sold, event: 'Seen', messageId: 's' }]);
    await t.call(promotionEndpoints.createCoupon, {
      params,
      body: { name: 'Share', discount: { kind: 'percent', percent: 10 }, prefix: 'P' },
    });
    expect(await t.call(e.getWorkspace, { params })).toMatchObject({ isCurrencyFixed: false });
    expect(await t.call(e.updateWorkspace, { params, body: { currency: 'USD' } })).toMatchObject({
      currency: 'USD',
    });
    await tell(workspace);
    expect(await t.raw(e.updateWorkspace, { params, body: { name: 'N', currency: 'JPY' } })).toMatchObject({
      status: 409,
      body: {
        code: 'workspace.currency_fixed',
        detail: expect.stringContaining('make a new workspace'),
        fields: { currency: expect.any(String) },
      },
    });
    // What else is said counts with the currency there is, and nothing of what was refused does.
    const body = { name: 'Shop', currency: 'USD', timeZone: 'Europe/Paris' };
    expect(await t.call(e.updateWorkspace, { params, body })).toMatchObject(body);
    expect(await t.call(e.getWorkspace, { params })).toMatchObject({ ...body, isCurrencyFixed: true });
  });
});
