import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { createSystemClock } from './clock.ts';
import { systemRandom } from './random.ts';

describe('system clock', () => {
  it('runs an action no earlier than asked, after those that are due before it', async () => {
    const clock = createSystemClock();
    const start = clock.monotonicMs();
    const seen: string[] = [];
    clock.after(4, () => seen.push('late'));
    clock.after(1, () => seen.push('early'));
    clock.cancel(clock.after(2, () => seen.push('cancelled')));
    while (!seen.includes('late')) await clock.yield();
    assert.deepEqual(seen, ['early', 'late']);
    assert.ok(clock.monotonicMs() - start >= 4);
  });

  it('does not run at once what is due in more than 24 days', async () => {
    const clock = createSystemClock();
    let ran = false;
    const timer = clock.after(2 ** 33, () => {
      ran = true;
    });
    await clock.yield();
    await clock.yield();
    assert.equal(ran, false);
    clock.cancel(timer);
  });

  it('shows the mocked time until it is taken away, in whole seconds', () => {
    const clock = createSystemClock();
    clock.setMockTime(1_234_567_890);
    assert.equal(clock.nowSeconds(), 1_234_567_890);
    clock.setMockTime(undefined);
    const now = clock.nowSeconds();
    assert.ok(Number.isInteger(now) && now > 1_700_000_000);
  });
});

describe('system random', () => {
  it('gives as many bytes as asked and numbers below the limit', () => {
    assert.equal(systemRandom.bytes(33).length, 33);
    for (let i = 0; i < 100; i++) assert.ok(systemRandom.below(3) < 3);
    const wide = systemRandom.below(2 ** 32);
    assert.ok(Number.isInteger(wide) && wide >= 0 && wide < 2 ** 32);
  });
});

/** Whether the C library of this process is glibc and koffi is installed. */
function canTellMalloc(): boolean {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  try {
    createRequire(import.meta.url).resolve('koffi');
    return header.glibcVersionRuntime !== undefined;
  } catch {
    return false;
  }
}

describe('returnFreedMemory', () => {
  it('tells malloc where there is a glibc and koffi, and the process goes on', () => {
    const module = new URL('./freed-memory.js', import.meta.url).href;
    const script = `import(${JSON.stringify(module)}).then(({ returnFreedMemory }) => console.log(returnFreedMemory(), Buffer.alloc(1 << 22).length))`;
    const said = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    assert.equal(said, `${canTellMalloc()} ${1 << 22}\n`);
  });
});
