/**
 * Making blocks for those who ask: the miner that runs until it is stopped, and a given number at once.
 *
 * @module
 */

import { addressOfScript } from '../core/address/address.ts';
import type { Rejection } from '../core/consensus/rejection.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { Block } from '../core/primitives/block.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import type { Satoshis } from '../core/primitives/transaction.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import { type AssemblyOptions, FEE_RATE_MIN_SAT_PER_KVB } from '../engine/mining/assembly.ts';
import type { BlockSigner } from '../engine/mining/block-signer.ts';
import type { BlockTemplate } from '../engine/mining/block-template.ts';
import { BlockVersions } from '../engine/mining/block-version.ts';
import type { MiningChain } from '../engine/mining/chain-view.ts';
import { generateBlocks } from '../engine/mining/generate.ts';
import { generateBlock } from '../engine/mining/generate-block.ts';
import { InlineBlockSearch } from '../engine/mining/inline-block-search.ts';
import { Miner } from '../engine/mining/miner.ts';
import { createMinableTemplate } from '../engine/mining/signed-template.ts';
import { TemplateOffers } from '../engine/mining/template-offers.ts';
import type { BlockSearch } from '../engine/ports/block-search.ts';
import type { CancelSignal } from '../engine/ports/cancel-signal.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import type { MinedBlock, MiningService, MiningState, OfferedTemplate, TemplateState } from '../engine/ports/mining-service.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { Random } from '../engine/ports/random.ts';

/** What mining works with. */
export interface MiningParts {
  readonly params: NetworkParams;
  readonly chain: MiningChain;
  /** What a block on the tip would be refused for, but for its work. */
  readonly check: (block: Block) => Promise<Rejection | undefined>;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Opens threads that search. */
  readonly openSearch: (workers: number) => BlockSearch;
  /** As many as there are cores. */
  readonly workersDefault: number;
  /** How blocks are filled. */
  readonly assembly: AssemblyOptions;
  /** Signs blocks where the network wants that. */
  readonly signer: BlockSigner;
  /** The wallet's next script, where there is a wallet. */
  readonly walletScript: (() => Uint8Array) | undefined;
}

/** Mining with its end: `close` stops all of it. */
export interface Mining extends MiningService {
  close(): Promise<void>;
}

/** A miner with its threads and where the reward goes. */
interface Shift {
  readonly miner: Miner;
  readonly search: BlockSearch;
  readonly script: Uint8Array;
}

/** Mining, ready but still. */
export function createMining(parts: MiningParts): Mining {
  return new MiningControl(parts);
}

class MiningControl implements Mining {
  readonly #parts: MiningParts & { readonly version: () => number };
  readonly #inline: InlineBlockSearch;
  #shift: Shift | undefined;
  readonly #offers: TemplateOffers;
  readonly #made = ({ weightWu, transactions }: BlockTemplate): void => {
    this.#lastTemplate = { weightWu, transactionCount: transactions.length };
  };
  #lastTemplate: { readonly weightWu: number; readonly transactionCount: number } | undefined;
  #blocksFoundBefore = 0;
  #closed = false;
  /** Starts and stops run one after another. */
  #changes: Promise<void> = Promise.resolve();
  /** So do demands for blocks: they share one search. */
  #generating: Promise<unknown> = Promise.resolve();

  constructor(parts: MiningParts) {
    const { assembly, chain, params } = parts;
    const versions = new BlockVersions(chain, params.deployments);
    this.#parts = { ...parts, version: () => assembly.version ?? versions.next() };
    this.#inline = new InlineBlockSearch(parts.clock);
    this.#offers = new TemplateOffers({ ...this.#parts, params: params.consensus, made: this.#made });
  }

  state(): MiningState {
    const shift = this.#shift;
    return {
      running: shift !== undefined,
      workers: shift?.search.workers ?? 0,
      hashRate: shift?.miner.hashRate() ?? 0,
      blocksFound: this.#blocksFoundBefore + (shift?.miner.blocksFound ?? 0),
      address: shift === undefined ? undefined : addressOfScript(shift.script, this.#parts.params),
    };
  }

  template(): Promise<OfferedTemplate> {
    return this.#offers.current();
  }

  templateState(): TemplateState {
    return this.#offers.state();
  }

  templateChanged(known: TemplateState, signal: CancelSignal): Promise<void> {
    return this.#offers.changed(known, this.#until(signal));
  }

  feeRateMinSatPerKvb(): Satoshis {
    return this.#parts.assembly.feeRateMinSatPerKvb ?? FEE_RATE_MIN_SAT_PER_KVB;
  }

  lastTemplate(): { readonly weightWu: number; readonly transactionCount: number } | undefined {
    return this.#lastTemplate;
  }

  start(options: { readonly workers?: number; readonly script?: Uint8Array } = {}): Promise<void> {
    return this.#change(async () => {
      // One script for as long as it runs: a key for each block would make the wallet's start slower with every block.
      const script = options.script ?? this.#parts.walletScript?.();
      if (script === undefined) throw new NodeError('option-invalid', 'mining needs an address, since this node has no wallet: name one');
      if (this.#closed) return;
      const { openSearch, workersDefault, ...rest } = this.#parts;
      // Whoever asks hears now, not the log every ten seconds, that blocks cannot be signed here.
      if (rest.params.consensus.signetChallenge !== null) {
        await createMinableTemplate({ ...rest, params: rest.params.consensus, coinbaseScript: script });
      }
      await this.#end();
      const search = openSearch(options.workers ?? workersDefault);
      const miner = new Miner({ ...rest, params: rest.params.consensus, search, coinbaseScript: () => script, made: this.#made });
      this.#shift = { miner, search, script };
      miner.start();
    });
  }

  stop(): Promise<void> {
    return this.#change(() => this.#end());
  }

  generate(options: {
    readonly count: number;
    readonly script: Uint8Array;
    readonly maxTries?: bigint;
    readonly signal?: CancelSignal;
  }): Promise<readonly BlockHash[]> {
    const { params, openSearch, workersDefault, ...rest } = this.#parts;
    const { script, signal, ...wanted } = options;
    return this.#inTurn(() =>
      generateBlocks({
        ...rest,
        ...wanted,
        params: params.consensus,
        coinbaseScript: script,
        signal: this.#until(signal),
        inline: this.#inline,
        openSearch: () => openSearch(workersDefault),
        made: this.#made,
      }),
    );
  }

  generateBlock(options: Parameters<MiningService['generateBlock']>[0]): Promise<MinedBlock> {
    const { params, openSearch, workersDefault, ...rest } = this.#parts;
    const { script, signal, ...wanted } = options;
    return this.#inTurn(() =>
      generateBlock({
        ...rest,
        ...wanted,
        params: params.consensus,
        coinbaseScript: script,
        signal: this.#until(signal),
        inline: this.#inline,
        openSearch: () => openSearch(workersDefault),
        made: this.#made,
      }),
    );
  }

  /** What is asked for at once shares one search. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#generating.then(work);
    this.#generating = result.catch(() => undefined);
    return result;
  }

  /** The caller's signal, which the end of mining raises too. */
  #until(signal: CancelSignal | undefined): CancelSignal {
    const isClosed = (): boolean => this.#closed;
    return {
      get aborted() {
        return isClosed() || signal?.aborted === true;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
    await this.#generating;
    await this.#inline.close();
  }

  #change(change: () => Promise<void>): Promise<void> {
    const result = this.#changes.then(change);
    this.#changes = result.catch(() => undefined);
    return result;
  }

  async #end(): Promise<void> {
    const shift = this.#shift;
    if (shift === undefined) return;
    await shift.miner.stop();
    this.#blocksFoundBefore += shift.miner.blocksFound;
    this.#shift = undefined;
    await shift.search.close();
  }
}
