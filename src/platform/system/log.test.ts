import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { categoriesOf, LOG_CATEGORIES } from '../../engine/ports/log-categories.ts';
import { openLog } from './log.ts';
import { LOG_BYTES_PER_WINDOW_MAX, LOG_WINDOW_MS } from './log-limit.ts';

const folder = mkdtempSync(join(tmpdir(), 'quoin-log-'));
after(() => rmSync(folder, { recursive: true }));
const nowMs = () => Date.UTC(2026, 10, 22, 12, 0, 0);

test('a line is the time, the event and its fields, and goes to the file whole and to the terminal short', () => {
  const printed: string[] = [];
  const log = openLog({ level: 'info', json: false, folder, print: (line) => printed.push(line), nowMs });
  log.info('block-connected', { height: 7, hash: 'ab' });
  log.debug('rpc-asked');
  log.warn('odd', { text: 'two words\n' });
  log.close();
  assert.deepEqual(printed, ['12:00:00 block-connected height=7 hash=ab', '12:00:00 warn odd text="two words\\n"']);
  assert.match(readFileSync(join(folder, 'debug.log'), 'utf8'), /^2026-11-22T12:00:00\.000Z block-connected height=7 hash=ab\n/);
});

test('JSON lines hold 64-bit numbers as text', () => {
  const printed: string[] = [];
  openLog({ level: 'error', json: true, print: (line) => printed.push(line), nowMs }).error('full', { bytes: 9_007_199_254_740_993n });
  assert.deepEqual(JSON.parse(printed[0]!), { time: '2026-11-22T12:00:00.000Z', level: 'error', event: 'full', bytes: '9007199254740993' });
});

test('a file is replaced when a line would not fit, and only four older ones are kept', () => {
  const own = mkdtempSync(join(folder, 'rotate-'));
  const log = openLog({ level: 'info', json: false, folder: own, nowMs, fileSizeMax: 60 });
  for (let i = 0; i < 12; i++) log.info('event', { number: i });
  log.close();
  assert.deepEqual(readdirSync(own).sort(), ['debug.log', 'debug.log.1', 'debug.log.2', 'debug.log.3', 'debug.log.4']);
  assert.match(readFileSync(join(own, 'debug.log'), 'utf8'), /number=11/);
});

test('a field of any length makes a line of bounded length', () => {
  const printed: string[] = [];
  openLog({ level: 'info', json: false, print: (line) => printed.push(line), nowMs }).info('long', { text: 'x'.repeat(10_000) });
  assert.ok(printed[0]!.length < 600);
});

test('debug lines are written of the categories that are on, which can be changed at any time', () => {
  const printed: string[] = [];
  const log = openLog({ level: 'info', json: false, categories: ['net'], print: (line) => printed.push(line.slice(9)), nowMs });
  const say = (): string[] => {
    log.debug('dial-failed');
    log.debug('rpc-asked', { method: 'stop' });
    log.info('tip');
    return printed.splice(0);
  };
  assert.deepEqual(say(), ['debug dial-failed', 'tip']);
  log.switches.set('rpc', true);
  log.switches.set('net', false);
  assert.deepEqual(say(), ['debug rpc-asked method=stop', 'tip']);
  assert.deepEqual([log.switches.isOn('rpc'), log.switches.isOn('net')], [true, false]);
});

test('the level "debug" has every category on, and each can be switched off', () => {
  const printed: string[] = [];
  const log = openLog({ level: 'debug', json: false, print: (line) => printed.push(line.slice(9)), nowMs });
  log.debug('dial-failed');
  log.switches.set('net', false);
  log.debug('dial-failed');
  assert.deepEqual(printed, ['debug dial-failed']);
  assert.ok(LOG_CATEGORIES.every((category) => log.switches.isOn(category) === (category !== 'net')));
});

test('words name one category or all of them', () => {
  assert.deepEqual(categoriesOf('net'), ['net']);
  for (const word of ['', '1', 'all']) assert.equal(categoriesOf(word), LOG_CATEGORIES);
  for (const word of ['0', 'none', 'NET', 'constructor']) assert.equal(categoriesOf(word), undefined);
});

test('P16: an event that others can bring about takes a bounded part of the file in an hour, and says what it left out', () => {
  const own = mkdtempSync(join(folder, 'flood-'));
  let atMs = nowMs();
  const log = openLog({ level: 'info', json: false, folder: own, nowMs: () => atMs });
  const size = (): number => readdirSync(own).reduce((sum, name) => sum + readFileSync(join(own, name)).length, 0);
  // A million connections that misbehave, which without a bound would write 80 million bytes and push all else out of five files.
  for (let peer = 0; peer < 1_000_000; peer++) log.info('peer-misbehaves', { peer, why: 'malformed-message' });
  assert.ok(size() <= LOG_BYTES_PER_WINDOW_MAX + 200, `${size()} bytes`);
  log.info('tip-changed', { height: 7 });
  assert.match(readFileSync(join(own, 'debug.log'), 'utf8'), /warn log-limited of=peer-misbehaves\n.*tip-changed height=7\n$/);
  atMs += LOG_WINDOW_MS - 1;
  log.info('peer-misbehaves', { peer: 1 });
  const before = size();
  atMs += 1;
  log.info('peer-misbehaves', { peer: 2 });
  log.info('peer-misbehaves', { peer: 3 });
  log.close();
  const later = readFileSync(join(own, 'debug.log')).subarray(before).toString();
  assert.match(later, /^\S+ warn log-left-out of=peer-misbehaves lines=\d{6} bytes=\d{8}\n\S+ \S+ peer=2\n\S+ \S+ peer=3\n$/);
});

test('P16: debug lines that somebody asked for have no bound but that of the files', () => {
  const own = mkdtempSync(join(folder, 'asked-'));
  const log = openLog({ level: 'debug', json: false, folder: own, nowMs, eventBytesMax: 100 });
  for (let i = 0; i < 100; i++) log.debug('dial-failed', { i });
  log.close();
  assert.equal(readFileSync(join(own, 'debug.log'), 'utf8').split('\n').length, 101);
});
