/**
 * A copy of what was compiled, in which one file at a time is another one, and the run of a test there. The working tree is never touched.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a test file ended. */
export interface TestRun {
  readonly outcome: 'passed' | 'failed' | 'timed out';
  /** Title of the first test that failed, or how the file ended without one. */
  readonly title: string;
  readonly seconds: number;
}

/** A place to run tests of a changed node. */
export class Lane {
  readonly #folder: string;
  readonly #root: string;
  /** Ends the test that runs. */
  #end: (() => void) | undefined;

  /** @param root - the repository, already built */
  constructor(root: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'quoin-mutants-'));
    this.#root = join(this.#folder, 'quoin');
    mkdirSync(this.#root);
    for (const name of readdirSync(root)) {
      if (name === '.git') continue;
      // Node goes by where a file really is, so what is compiled is copied and only what is read is linked.
      if (name === 'dist') cpSync(join(root, name), join(this.#root, name), { recursive: true });
      else symlinkSync(join(root, name), join(this.#root, name));
    }
    const shared = join(root, '../shared');
    if (existsSync(shared)) symlinkSync(shared, join(this.#folder, 'shared'));
  }

  /** The compiled files. */
  get dist(): string {
    return join(this.#root, 'dist');
  }

  /** Puts another text in the place of a compiled file. @returns what brings it back */
  exchange(path: string, text: string): () => void {
    const place = join(this.dist, path);
    const before = readFileSync(place);
    writeFileSync(place, text);
    return () => writeFileSync(place, before);
  }

  /** Runs a test file until its first failure. */
  run(test: string, limitMs: number): Promise<TestRun> {
    const begun = performance.now();
    // Under Node's runner a test reports to that, and not in words.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--test-reporter=tap', join(this.dist, test)], {
      env,
      cwd: this.#root,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    // What the test started goes with it.
    const end = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    this.#end = end;
    let output = '';
    let title: string | undefined;
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      end();
    }, limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      title ??= failureIn(output);
      if (title !== undefined) end();
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(late);
        end();
        this.#end = undefined;
        const seconds = (performance.now() - begun) / 1000;
        if (isLate) resolve({ outcome: 'timed out', title: `no end after ${(limitMs / 1000).toFixed(0)} seconds`, seconds });
        else if (code === 0) resolve({ outcome: 'passed', title: '', seconds });
        else resolve({ outcome: 'failed', title: title ?? `ends with ${code ?? signal}`, seconds });
      });
    });
  }

  /** Ends what runs and removes the copy. */
  remove(): void {
    this.#end?.();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The first test, not a group of them, that a report in the Test Anything Protocol says has failed. */
export function failureIn(report: string): string | undefined {
  // Of a group's tests each is reported before the group.
  const match = /^\s*not ok \d+ - (.*)\n/m.exec(report);
  return match === null ? undefined : match[1]!.replace(/\\([\\#])/g, '$1');
}
