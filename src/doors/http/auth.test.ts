import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Authenticator, type HttpCredentials, type LoginResult } from './auth.ts';
import { WRONG_LOGIN_DELAY_MS, WRONG_LOGINS_MAX } from './limits.ts';

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** The result of a login, with the clock moved on for wrong ones. */
async function login(credentials: HttpCredentials, header: string | undefined): Promise<LoginResult> {
  const clock = new FakeClock();
  const result = new Authenticator(credentials, clock).login(header);
  await clock.advance(WRONG_LOGIN_DELAY_MS);
  return result;
}

const SALTED = `me:0011aa$${createHmac('sha256', '0011aa').update('pass:word').digest('hex')}`;
const ALL: HttpCredentials = { cookie: '__cookie__:abc', user: { name: 'you', password: 'sécret' }, rpcauth: [SALTED], token: 'tok' };

describe('Authenticator', () => {
  it('lets in by cookie, password, rpcauth line and token', async () => {
    for (const header of [
      basic('__cookie__:abc'),
      basic('you:sécret'),
      basic('me:pass:word'),
      'Bearer tok',
      'bearer tok',
      basic('you:sécret').replace('Basic', 'basic'),
    ]) {
      assert.equal(await login(ALL, header), 'right', header);
    }
  });

  it('refuses everything else', async () => {
    const headers = ['me:pass', 'me:', 'me', '', ':', 'you:secret', 'xyou:sécret', '__cookie__:', 'tok', 'you:pass:word'].map(basic);
    for (const header of [...headers, 'Bearer abc', 'Bearer ', 'Bearer', 'Basic', 'Basic !!!', 'Digest tok', '', 'tok']) {
      assert.equal(await login(ALL, header), 'wrong', header);
    }
  });

  it('lets nobody in where there are no credentials', async () => {
    for (const header of [basic(':'), basic('undefined'), 'Bearer undefined', 'Bearer '])
      assert.equal(await login({}, header), 'wrong', header);
    assert.equal(await login({}, undefined), 'none');
  });

  it('tells a missing login at once and a wrong one after a while', async () => {
    const clock = new FakeClock();
    const auth = new Authenticator(ALL, clock);
    assert.equal(await auth.login(undefined), 'none');
    assert.equal(await auth.login('Bearer tok'), 'right');
    let result: LoginResult | undefined;
    void auth.login('Bearer no').then((value) => {
      result = value;
    });
    await clock.advance(WRONG_LOGIN_DELAY_MS - 1);
    assert.equal(result, undefined);
    await clock.advance(1);
    assert.equal(result, 'wrong');
  });

  it('holds so many wrong logins back at once and refuses one more without a look', async () => {
    const clock = new FakeClock();
    const auth = new Authenticator(ALL, clock);
    const wrong = Array.from({ length: WRONG_LOGINS_MAX }, () => auth.login('Bearer no'));
    assert.equal(await auth.login('Bearer no'), 'too-many');
    assert.equal(await auth.login('Bearer tok'), 'too-many');
    await clock.advance(WRONG_LOGIN_DELAY_MS);
    assert.deepEqual(new Set(await Promise.all(wrong)), new Set(['wrong']));
    assert.equal(await auth.login('Bearer tok'), 'right');
  });

  it('knows the header that was right the last time, and no other', async () => {
    const auth = new Authenticator(ALL, new FakeClock());
    for (const header of [undefined, '', 'Bearer tok', '\0'.repeat(512)]) assert.equal(auth.isKnown(header), false, header);
    await auth.login(basic('you:sécret'));
    assert.equal(auth.isKnown(basic('you:sécret')), true);
    await auth.login('Bearer tok');
    for (const header of [basic('you:sécret'), 'Bearer to', 'Bearer tok ', 'Bearer tok2', 'Bearer no', undefined, '']) {
      assert.equal(auth.isKnown(header), false, header);
    }
    assert.equal(auth.isKnown('Bearer tok'), true);
  });

  it('remembers a header of 512 bytes, not one byte more', async () => {
    for (const [length, known] of [
      [512, true],
      [513, false],
    ] as const) {
      const token = 'x'.repeat(length - 'Bearer '.length);
      const auth = new Authenticator({ token }, new FakeClock());
      assert.equal(await auth.login(`Bearer ${token}`), 'right');
      assert.equal(auth.isKnown(`Bearer ${token}`), known);
    }
  });

  it('knows nobody while too many wrong logins wait', async () => {
    const clock = new FakeClock();
    const auth = new Authenticator(ALL, clock);
    await auth.login('Bearer tok');
    const wrong = Array.from({ length: WRONG_LOGINS_MAX }, () => auth.login('Bearer no'));
    assert.equal(auth.isKnown('Bearer tok'), false);
    await clock.advance(WRONG_LOGIN_DELAY_MS);
    await Promise.all(wrong);
    assert.equal(auth.isKnown('Bearer tok'), true);
  });

  it('refuses an rpcauth line of another form, without showing its hash', () => {
    for (const line of ['me', 'me:salt', 'me:salt$', `me:salt$${'0'.repeat(63)}`, `:salt$${'0'.repeat(64)}`, `me:$${'0'.repeat(64)}`]) {
      const make = () => new Authenticator({ rpcauth: [line] }, new FakeClock());
      assert.throws(make, (error: Error) => error.name === 'NodeError' && !error.message.includes('000'), line);
    }
  });
});
