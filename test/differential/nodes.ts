/**
 * Our node and the C++ node, which are asked the same.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkToFile } from '../../src/core/params/network-json.ts';
import { regtestWithHeights } from '../../src/core/params/regtest.ts';
import type { ActivationHeights, NetworkParams } from '../../src/core/params/types.ts';
import { RpcFailure } from '../support/json-rpc.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin, temporaryFolder } from '../support/quoin-process.ts';

/** Heights that both can be told. */
export type ToldHeights = Partial<Pick<ActivationHeights, 'bip34' | 'bip66' | 'bip65' | 'csv' | 'segwit'>>;

/** Names of the C++ node's option for them. */
const THEIR_NAMES: Readonly<Record<keyof ToldHeights, string>> = {
  bip34: 'bip34',
  bip66: 'dersig',
  bip65: 'cltv',
  csv: 'csv',
  segwit: 'segwit',
};

/**
 * Quick; with the fee rates of the release that our policy follows and Core's policy elsewhere. Scripts of a block are checked by more
 * than one thread, as anywhere: with one alone the words of a failure are others.
 */
const PEER_OPTIONS = [
  ...['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0', '-disablewallet', '-connect=0', '-par=2', '-maxtipage=1000000000'],
  ...['-corepolicy=1', '-minrelaytxfee=0.000001', '-incrementalrelayfee=0.000001', '-datacarriersize=83', '-permitbaremultisig=1'],
];

/** What both said. */
export interface BothAnswers {
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Both nodes of a run. */
export class Nodes {
  readonly params: NetworkParams;
  readonly #ours: QuoinProcess;
  readonly #theirs: PeerNode;

  private constructor(params: NetworkParams, ours: QuoinProcess, theirs: PeerNode) {
    this.params = params;
    this.#ours = ours;
    this.#theirs = theirs;
  }

  /** Starts both on regtest with rules at other heights. */
  static async start(heights: ToldHeights): Promise<Nodes> {
    const params = regtestWithHeights(heights);
    const options = Object.entries(heights).map(([name, at]) => `-testactivationheight=${THEIR_NAMES[name as keyof ToldHeights]}@${at}`);
    const network = join(temporaryFolder('network'), 'regtest.json');
    writeFileSync(network, JSON.stringify(networkToFile(params)));
    const [ours, theirs] = await Promise.all([
      startQuoin({ network, args: ['--index', 'none'] }),
      startPeerNode(...PEER_OPTIONS, ...options),
    ]);
    return new Nodes(params, ours, theirs);
  }

  /** A method's answer from both: the result, or the code and the message of an error. */
  async ask(method: string, ...params: unknown[]): Promise<BothAnswers> {
    const [ours, theirs] = await Promise.all([answerOf(this.#ours, method, params), answerOf(this.#theirs, method, params)]);
    return { ours, theirs };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#ours.stop(), this.#theirs.stop()]);
  }
}

async function answerOf(node: Pick<QuoinProcess, 'rpc'>, method: string, params: readonly unknown[]): Promise<unknown> {
  try {
    return await node.rpc(method, ...params);
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return { code: error.code, message: error.message };
  }
}
