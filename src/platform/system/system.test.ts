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

  it('has a settable time that stands with the wall clock, goes on by each step forward and never back', () => {
    const clock = createSystemClock();
    const { settable } = clock;
    const wall = clock.nowSeconds();
    clock.setMockTime(1_234_567_890);
    const stood = settable.monotonicMs();
    assert.equal(settable.monotonicMs(), stood, 'the step back changes nothing');
    clock.setMockTime(1_234_567_890 + 121);
    assert.equal(settable.monotonicMs(), stood + 121_000);
    assert.ok(clock.monotonicMs() < stood + 121_000, 'measurements go on as they do');
    clock.setMockTime(1_234_567_890);
    assert.equal(settable.monotonicMs(), stood + 121_000);
    clock.setMockTime(wall + 1_000);
    const ahead = settable.monotonicMs();
    clock.setMockTime(undefined);
    assert.ok(settable.monotonicMs() >= ahead && settable.monotonicMs() < ahead + 60_000, 'it runs on from there');
    assert.equal(settable.nowSeconds() >= wall, true);
  });

  it('runs timers earlier when it is asked to, and no others', async () => {
    const clock = createSystemClock();
    const ran: string[] = [];
    const done = new Promise<void>((resolve) => {
      clock.after(3_600_000, () => {
        ran.push('due');
        resolve();
      });
    });
    const later = clock.after(3_600_000 * 2, () => ran.push('later'));
    const cancelled = clock.after(3_600_000, () => ran.push('cancelled'));
    clock.cancel(cancelled);
    clock.advanceTimers(3_600_000);
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    assert.deepEqual(ran, ['due']);
    clock.cancel(later);
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
