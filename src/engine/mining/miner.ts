import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { BlockSearch, SearchResult } from '../ports/block-search.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { BlockSigner } from './block-signer.ts';
import type { BlockTemplate, TemplateOptions } from './block-template.ts';
import { assembleBlock, searchJobOf } from './block-template.ts';
import type { MiningChain } from './chain-view.ts';
import { HashRate } from './hash-rate.ts';
import { createMinableTemplate } from './signed-template.ts';

/** Between two samples of the hash rate, and between looks at whether the job should be renewed. */
const TICK_MS = 1_000;

/** A job is renewed after so many ticks whatever happens, so that its time follows the clock. */
const TICKS_PER_JOB = 10;

/** It is renewed after so many ticks when the waiting transactions have changed. */
const TICKS_PER_CHANGE = 2;

/** What a miner is made with. */
export interface MinerOptions extends Pick<TemplateOptions, 'assembly' | 'version'> {
  readonly chain: MiningChain;
  readonly mempool: Mempool;
  readonly params: ConsensusParams;
  readonly clock: Clock;
  /** Gives each template its salt. */
  readonly random: Pick<Random, 'below'>;
  readonly log: Log;
  readonly search: BlockSearch;
  /** Where the reward of the next block goes; asked for each template. */
  readonly coinbaseScript: () => Uint8Array;
  /** For a network whose blocks are signed. */
  readonly signer?: BlockSigner | undefined;
  /** Told of each template. */
  readonly made?: (template: BlockTemplate) => void;
  /** A block of ours was found and taken by the chain. */
  readonly found?: (block: Block) => void;
}

/** Mines while it is on: on a new tip at once, with better transactions and the clock's time every few seconds. */
export class Miner {
  readonly #options: MinerOptions;
  readonly #rate = new HashRate();
  #running = false;
  #blocksFound = 0;
  #jobs = 0;
  #template: BlockTemplate | undefined;
  #timer: Timer | undefined;
  #ticks = 0;
  /** The waiting transactions are others than the job's. */
  #changed = false;
  /** Rises with every reason to build anew: a template that was begun before is dropped. */
  #wanted = 0;
  /** What is under way, to be waited for when it ends. */
  #work: Promise<void> = Promise.resolve();
  #unsubscribe: readonly (() => void)[] = [];

  constructor(options: MinerOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  get workers(): number {
    return this.#options.search.workers;
  }

  /** Blocks that the chain took. */
  get blocksFound(): number {
    return this.#blocksFound;
  }

  /** Hashes a second over the last ten seconds; 0 while it is off. */
  hashRate(): number {
    return this.#running ? this.#rate.perSecond(this.#options.clock.monotonicMs(), this.#options.search.hashes()) : 0;
  }

  /** Begins; does nothing where it is on. */
  start(): void {
    if (this.#running) return;
    const { chain, mempool, log, search } = this.#options;
    this.#running = true;
    this.#unsubscribe = [
      chain.onTip(() => this.#renew()),
      mempool.subscribe((event) => {
        this.#changed ||= event.kind === 'added' || event.reason !== 'block';
      }),
    ];
    log.info('mining-started', { workers: search.workers });
    this.#tick();
    this.#renew();
  }

  /** Ends at once; resolves when a block that was found is dealt with. */
  async stop(): Promise<void> {
    if (this.#running) {
      this.#running = false;
      this.#wanted++;
      for (const end of this.#unsubscribe) end();
      if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
      this.#options.search.pause();
      this.#rate.reset();
      this.#options.log.info('mining-stopped', { blocksFound: this.#blocksFound });
    }
    await this.#work;
  }

  #tick(): void {
    const { clock, search } = this.#options;
    this.#rate.sample(clock.monotonicMs(), search.hashes());
    this.#timer = clock.after(TICK_MS, () => {
      this.#ticks++;
      if (this.#ticks >= (this.#changed ? TICKS_PER_CHANGE : TICKS_PER_JOB)) this.#refresh();
      this.#tick();
    });
  }

  /** The tip is another: what is searched now is worth nothing any more. */
  #renew(): void {
    this.#options.search.pause();
    this.#refresh();
  }

  /** Builds a template and searches it as soon as it is there; until then the old one goes on, if there is one. */
  #refresh(): void {
    const wanted = ++this.#wanted;
    this.#ticks = 0;
    this.#changed = false;
    this.#work = this.#work.then(async () => {
      if (wanted !== this.#wanted) return;
      try {
        const { coinbaseScript, ...rest } = this.#options;
        const template = await createMinableTemplate({ ...rest, coinbaseScript: coinbaseScript() });
        if (wanted === this.#wanted) this.#search(template);
      } catch (error) {
        // The next tick tries again; a node whose store fails stops by itself.
        this.#options.log.error('template-failed', { why: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  #search(template: BlockTemplate): void {
    this.#template = template;
    this.#options.search.start(searchJobOf(template, ++this.#jobs), (result) => this.#onFound(result));
  }

  #onFound(result: SearchResult): void {
    const template = this.#template;
    if (!this.#running || template === undefined || result.jobId !== this.#jobs) return;
    this.#template = undefined;
    const block = assembleBlock(template, result);
    this.#work = this.#work.then(() => this.#submit(block, template));
  }

  /** The chain judges our block as it does a stranger's. Where it takes it, its new tip brings the next job. */
  async #submit(block: Block, template: BlockTemplate): Promise<void> {
    const { chain, log, found } = this.#options;
    const facts = { hash: toDisplayHex(block.header.hash), height: template.height };
    try {
      const rejection = await chain.submit(block);
      if (rejection !== undefined) {
        log.error('mined-block-refused', { ...facts, reason: rejection.reason });
        return;
      }
    } catch (error) {
      log.error('mined-block-lost', { ...facts, why: error instanceof Error ? error.message : String(error) });
      return;
    }
    this.#blocksFound++;
    log.info('block-mined', { ...facts, transactions: block.transactions.length, fees: template.feesSat });
    found?.(block);
  }
}
