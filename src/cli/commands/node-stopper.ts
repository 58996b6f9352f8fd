import { rmSync } from 'node:fs';
import type { SystemNode } from '../../node/system.ts';
import type { FileLog } from '../../platform/system/log.ts';
import { onStopSignals } from '../stop-signals.ts';

/** What is not written by then is replayed at the next start. */
const STOP_MS_MAX = 4_800;

/** Stops a node when the process is told to, in order; at once when it is told twice or nothing has begun. */
export class NodeStopper {
  readonly #log: FileLog;
  readonly #files: string[] = [];
  #node: SystemNode | undefined;

  /** @param signals - that mean the end; all that commonly do unless given */
  constructor(log: FileLog, signals?: readonly string[]) {
    this.#log = log;
    onStopSignals(process, {
      monotonicMs: () => performance.now(),
      action: (why, isRepeated) => this.#onSignal(why, isRepeated),
      ...(signals && { signals }),
    });
  }

  /** A file that is only there while the process runs. */
  owns(path: string): void {
    this.#files.push(path);
  }

  /** From now on there is something to stop. */
  attach(node: SystemNode): void {
    this.#node = node;
    node.beforeStop(async () => this.#begin());
  }

  #onSignal(why: string, isRepeated: boolean): void {
    this.#log.info('stopping', { why, ...(isRepeated ? { how: 'at once' } : {}) });
    if (isRepeated || this.#node === undefined) this.#exitAtOnce();
    this.#node?.requestStop();
  }

  #begin(): void {
    setTimeout(() => {
      this.#log.warn('stop-takes-too-long', { seconds: STOP_MS_MAX / 1_000, note: 'what is not written is replayed at the next start' });
      this.#exitAtOnce();
    }, STOP_MS_MAX).unref();
  }

  #exitAtOnce(): never {
    for (const path of this.#files) rmSync(path, { force: true });
    this.#log.close();
    process.exit(0);
  }
}
