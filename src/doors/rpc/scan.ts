/**
 * Long scans, of which one at a time runs for each node: how far it has come, and ending it.
 *
 * @module
 */

import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { Arguments } from './arguments.ts';
import { RpcError } from './errors.ts';
import type { JsonOutput } from './json-write.ts';
import type { RpcContext } from './method.ts';

/** A scan that runs. */
export interface Scan {
  /** 0 to 1. */
  fraction: number;
  /** Height that it has come to, where it goes through blocks. */
  height: number;
  isAborted: boolean;
}

/** The scans of one kind. */
export class Scans {
  readonly #running = new WeakMap<NodePort, Scan>();
  readonly #status: (scan: Scan) => JsonOutput;

  /** `status` is the answer to the action of that name while one runs. */
  constructor(status: (scan: Scan) => JsonOutput) {
    this.#status = status;
  }

  /** Answers the first argument: `start` runs `action`, `abort` ends what runs, `status` tells of it. */
  async answer(
    context: RpcContext,
    args: Arguments,
    action: (scan: Scan, signal: CancelSignal) => Promise<JsonOutput>,
  ): Promise<JsonOutput> {
    const wanted = args.string(0);
    const running = this.#running.get(context.node);
    if (wanted === 'status') return running === undefined ? null : this.#status(running);
    if (wanted === 'abort') {
      if (running !== undefined) running.isAborted = true;
      return running !== undefined;
    }
    if (wanted !== 'start') throw new RpcError('INVALID_PARAMETER', `Invalid action '${wanted}'`);
    if (running !== undefined) {
      throw new RpcError('INVALID_PARAMETER', 'Scan already in progress, use action "abort" or "status"');
    }
    const scan: Scan = { fraction: 0, height: 0, isAborted: false };
    this.#running.set(context.node, scan);
    const signal: CancelSignal = {
      get aborted() {
        return scan.isAborted || context.signal.aborted;
      },
    };
    try {
      return await action(scan, signal);
    } finally {
      this.#running.delete(context.node);
    }
  }
}
