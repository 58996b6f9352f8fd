import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Guard, isLoopback } from './guard.ts';

describe('Guard', () => {
  const guard = new Guard(['0.0.0.0', 'Node.Example']);

  it('knows the server by addresses, localhost and its names', () => {
    for (const host of [
      '127.0.0.1:7332',
      '127.0.0.1',
      '[::1]:7332',
      '192.168.1.9:80',
      'localhost:7332',
      'LOCALHOST',
      'node.example',
      'NODE.example:1',
    ]) {
      assert.equal(guard.refusal({ host }), undefined, host);
    }
    assert.equal(guard.refusal({}), undefined);
  });

  it('refuses a name that may have been made to point here', () => {
    for (const host of [
      'evil.example',
      'evil.example:7332',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '',
      'a b',
      '[::1',
      '127.0.0.1:x',
      '@127.0.0.1',
    ]) {
      assert.equal(guard.refusal({ host }), 'host-refused', host);
      assert.equal(guard.refusal({ host }), 'host-refused', `${host} again`);
    }
  });

  it('takes requests of its own pages only', () => {
    const host = '127.0.0.1:7332';
    for (const origin of ['http://127.0.0.1:7332', 'https://127.0.0.1:7332', 'HTTP://127.0.0.1:7332']) {
      assert.equal(guard.refusal({ host, origin }), undefined, origin);
    }
    for (const origin of [
      'http://evil.example',
      'http://127.0.0.1',
      'http://127.0.0.1:7333',
      'http://localhost:7332',
      'null',
      '',
      'file://',
    ]) {
      assert.equal(guard.refusal({ host, origin }), 'origin-refused', origin);
    }
    assert.equal(guard.refusal({ origin: 'http://evil.example' }), 'origin-refused');
  });

  it('refuses what pages of other sites fetch, but not links', () => {
    const host = 'localhost';
    assert.equal(guard.refusal({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 'origin-refused');
    assert.equal(guard.refusal({ host, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }), 'origin-refused');
    assert.equal(guard.refusal({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), undefined);
    assert.equal(guard.refusal({ host, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }), undefined);
    assert.equal(guard.refusal({ host, 'sec-fetch-site': 'none' }), undefined);
  });
});

describe('isLoopback', () => {
  it('is true of this machine alone', () => {
    for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopback(address), true, address);
    for (const address of [undefined, '', '10.0.0.1', '::ffff:10.0.0.1', '::', 'fe80::1', '128.0.0.1', '127.evil']) {
      assert.equal(isLoopback(address), false, address);
    }
  });
});
