import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeConsole } from './console.ts';
import { cutToWidth, isLive, LiveLines, type Output, paintFor } from './terminal.ts';

/** An output that keeps what is written. */
function fakeOutput(facts: Partial<Output> = {}): Output & { text: string } {
  return {
    ...facts,
    text: '',
    write(text: string) {
      this.text += text;
    },
  };
}

/** Up by some lines with all below erased, or a line. */
const ESCAPE = '\u001b\\[';
const MOVES = new RegExp(`\\r${ESCAPE}(\\d+)A${ESCAPE}0J|([^\\n]*)\\n`, 'g');

/** What a terminal shows in the end, of output that moves only as LiveLines does. */
function screenOf(text: string): string[] {
  let lines: string[] = [];
  for (const [, up, line] of text.matchAll(MOVES)) {
    lines = up === undefined ? [...lines, line ?? ''] : lines.slice(0, lines.length - Number(up));
  }
  return lines;
}

describe('colours', () => {
  it('are there on a terminal only', () => {
    assert.equal(paintFor({ isTTY: true, write() {} }, {})('good', 'x'), '\u001b[32mx\u001b[0m');
    assert.equal(paintFor({ write() {} }, {})('good', 'x'), 'x');
  });

  it('are forbidden by NO_COLOR that is not empty', () => {
    assert.equal(paintFor({ isTTY: true, write() {} }, { NO_COLOR: '1' })('good', 'x'), 'x');
    assert.notEqual(paintFor({ isTTY: true, write() {} }, { NO_COLOR: '' })('good', 'x'), 'x');
  });

  it('need a terminal that is not dumb', () => {
    assert.equal(isLive({ isTTY: true, write() {} }, { TERM: 'dumb' }), false);
    assert.equal(isLive({ isTTY: true, write() {} }, { TERM: 'xterm' }), true);
  });
});

describe('live lines', () => {
  it('replace each other, and ordinary lines stay above them', () => {
    const output = fakeOutput();
    const live = new LiveLines(output);
    live.show(['a', 'b']);
    live.print('one');
    live.show(['c']);
    live.print('two');
    assert.deepEqual(screenOf(output.text), ['one', 'two', 'c']);
    live.clear();
    assert.deepEqual(screenOf(output.text), ['one', 'two']);
  });

  it('are cut to the width, so that each is one line', () => {
    const output = fakeOutput({ columns: 5 });
    new LiveLines(output).show(['123456', '12345']);
    assert.deepEqual(screenOf(output.text), ['1234…', '12345']);
  });

  it('are cut without a style being counted or lost', () => {
    assert.equal(cutToWidth('\u001b[32m12345\u001b[0m', 5), '\u001b[32m12345\u001b[0m');
    assert.equal(cutToWidth('\u001b[32m123\u001b[0m456', 5), '\u001b[32m123\u001b[0m4…');
    assert.equal(cutToWidth('\u001b[32m123456\u001b[0m', 3), '\u001b[32m12\u001b[0m…');
  });
});

describe("a node's console", () => {
  it('keeps its last line below the log on a terminal', () => {
    const output = fakeOutput();
    const console = new NodeConsole(output, { isLive: true });
    console.status('syncing');
    console.logLine('event');
    assert.deepEqual(screenOf(output.text), ['event', 'syncing']);
    console.status(undefined);
    assert.deepEqual(screenOf(output.text), ['event']);
  });

  it('writes nothing but lines elsewhere', () => {
    const output = fakeOutput();
    const console = new NodeConsole(output, { isLive: false });
    console.status('syncing');
    console.logLine('event');
    console.silently(() => console.logLine('said otherwise'));
    console.line('ready');
    assert.equal(output.text, 'event\nready\n');
  });

  it('says nothing to a reader that has gone', () => {
    const output = fakeOutput();
    const console = new NodeConsole(output, { isLive: false });
    console.fallSilent();
    console.line('ready');
    assert.equal(output.text, '');
  });
});
