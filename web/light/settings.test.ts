import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkSettings, decodeSettings, encodeSettings, linesOf, parseBirthday, type Settings, SettingsError } from './settings.ts';

const SETTINGS: Settings = { watch: ['a'], nodes: ['ws://10.0.0.1/p2p'], birthday: '', keep: true, running: true };

describe('settings of the page', () => {
  it('are lines, each once', () => {
    assert.deepEqual(linesOf(' a \r\n\n b\na\n'), ['a', 'b']);
    assert.deepEqual(linesOf('\n'), []);
  });

  it('begin at a height or a day', () => {
    assert.equal(parseBirthday(' '), undefined);
    assert.deepEqual(parseBirthday('0'), { height: 0 });
    assert.deepEqual(parseBirthday('2147483647'), { height: 2_147_483_647 });
    assert.deepEqual(parseBirthday('2026-01-31'), { timeSeconds: 1_769_817_600 });
    for (const text of ['2147483648', '-1', '1.5', 'yesterday', '2026-13-01', '31.1.2026']) {
      assert.throws(() => parseBirthday(text), SettingsError, text);
    }
  });

  it('name something to watch and a node, and no more than 64 nodes', () => {
    assert.equal(checkSettings(SETTINGS), undefined);
    assert.throws(() => checkSettings({ ...SETTINGS, watch: [] }), /what to watch/);
    assert.throws(() => checkSettings({ ...SETTINGS, nodes: [] }), /at least one node/);
    const nodes = Array.from({ length: 65 }, (_, i) => `10.0.0.${i}`);
    assert.equal(checkSettings({ ...SETTINGS, nodes: nodes.slice(1) }), undefined);
    assert.throws(() => checkSettings({ ...SETTINGS, nodes }), /at most 64/);
  });

  it('are read back as they were written, and passed over where they make no sense', () => {
    assert.deepEqual(decodeSettings(encodeSettings(SETTINGS)), SETTINGS);
    for (const text of [null, '', 'null', '1', '[]', '{', '{"watch":[1],"nodes":[],"birthday":""}', '{"watch":[],"nodes":[]}']) {
      assert.equal(decodeSettings(text), undefined, String(text));
    }
  });
});
