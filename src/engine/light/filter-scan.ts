import { bytesEqual } from '../../core/base/bytes.ts';
import { BASIC_FILTER_TYPE, basicFilterMatchesAny, filterHeader } from '../../core/filters/basic-filter.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { type BlockHash, type HashKey, hashKey } from '../../core/primitives/ids.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Peer } from '../sync/peer.ts';
import type { BlockFetch } from './block-fetch.ts';
import type { FilterHeaders } from './filter-headers.ts';
import type { LightContext } from './light-context.ts';
import type { Questions } from './questions.ts';

/** Filters that are asked of one peer at once, and those that may be ahead of what was looked at: of full blocks some 8 MB. */
const RANGE_BLOCKS = 100;
const AHEAD_BLOCKS = 400;

/** Who holds up all others for so long is no longer waited for alone: somebody else is asked for the same filters. */
export const FILTERS_PATIENCE_MS = 5_000;

/**
 * Weight units of the smallest output, and bytes of a filter for each script at most: a code has 20 bits and its part of the quotients, which come
 * to less than 1.5 each on average (BIP-158).
 */
const OUTPUT_WEIGHT_MIN = 36;
const BYTES_PER_SCRIPT = 2.75;

/** Bytes of a filter's count of scripts at most. */
const COUNT_SIZE_MAX = 9;

/** Blocks that are fetched ahead of their turn: at most 16 MB. */
const BLOCKS_AHEAD = 4;

/** What a scan is made with. */
export interface ScanParts {
  readonly context: LightContext;
  readonly questions: Questions;
  readonly blocks: BlockFetch;
  readonly headers: FilterHeaders;
  /** Up to where filter headers are agreed on. */
  readonly agreed: () => HeaderNode | undefined;
  /** Whether a peer has said that it stands for them: only then is another filter a lie. */
  readonly wasHeard: (peer: Peer) => boolean;
}

/** Who watches. */
export interface ScanWatcher {
  readonly scripts: () => readonly Uint8Array[];
  /** Grows when there are more scripts. */
  readonly generation: () => number;
  /** A block that may have something in it, in the order of heights but for `inspect`. @returns whether anything was found that was not known */
  connect(block: Block, node: HeaderNode): boolean;
}

/** Filters that a peer was asked for. */
interface AskedRange {
  readonly from: number;
  readonly to: number;
  readonly sinceMs: number;
  /** Whether somebody else was asked too. */
  again: boolean;
}

/** A filter that came before its turn, and whether it matches the scripts of a generation. */
interface HeldFilter {
  readonly node: HeaderNode;
  readonly filter: Uint8Array;
  matches: boolean | undefined;
  generation: number;
}

/** Looks through the chain with filters, block by block, and fetches the blocks that may have something in them. */
export class FilterScan {
  readonly #parts: ScanParts;
  readonly #watcher: ScanWatcher;
  /** Every block up to here was looked at; undefined: none. */
  #scanned: HeaderNode | undefined;
  /** Blocks below are of no interest. */
  #birthday = 0;
  readonly #asked: AskedRange[] = [];
  /** Filters that came before their turn. */
  readonly #filters = new Map<HashKey, HeldFilter>();
  /** Blocks that are fetched, or will be looked at in their turn. */
  readonly #blocks = new Map<HashKey, { readonly node: HeaderNode; block: Block | undefined }>();
  /** Blocks that are looked through whatever their filter says. */
  readonly #unsettled = new Map<HashKey, HeaderNode>();
  #newUnsettled: BlockHash[] = [];
  /** What everything depended on when it was last looked at. */
  #pumped = '';

  constructor(parts: ScanParts, watcher: ScanWatcher) {
    this.#parts = parts;
    this.#watcher = watcher;
  }

  get scanned(): HeaderNode | undefined {
    return this.#scanned;
  }

  get birthday(): number {
    return this.#birthday;
  }

  /** Blocks whose filter is in doubt, since this was last asked. */
  takeUnsettled(): readonly BlockHash[] {
    return this.#newUnsettled.splice(0);
  }

  get unsettledCount(): number {
    return this.#unsettled.size;
  }

  restore(scanned: HeaderNode | undefined, birthday: number, unsettled: Iterable<HeaderNode>): void {
    this.#scanned = scanned;
    this.#birthday = birthday;
    for (const node of unsettled) {
      this.#unsettled.set(hashKey(node.hash), node);
      // Whether that was done before the stop is not known.
      if (scanned !== undefined && scanned.height >= node.height && node.height >= birthday) this.#inspectPassed(node);
    }
  }

  /** Looks at the chain from a height on, again where that was done. */
  rescan(height: number): void {
    this.#birthday = Math.min(this.#birthday, height);
    if (this.#scanned !== undefined && this.#scanned.height >= height) this.#backTo(height - 1);
  }

  /** Sets the first height of interest, where nothing was looked at yet. */
  setBirthday(height: number): void {
    this.#birthday = height;
  }

  /** A block's filter was another than it was taken for: from there on all is looked at again. */
  rewritten(node: HeaderNode): void {
    this.#filters.clear();
    if (this.#scanned !== undefined && this.#scanned.height >= node.height) this.#backTo(node.height - 1);
  }

  /** A block is to be looked through whatever its filter says: in its turn, or by itself where that has passed. */
  inspect(node: HeaderNode): void {
    const key = hashKey(node.hash);
    if (this.#unsettled.has(key)) return;
    this.#unsettled.set(key, node);
    this.#newUnsettled.push(node.hash);
    if (this.#scanned !== undefined && this.#scanned.height >= node.height) this.#inspectPassed(node);
  }

  /** What is found in a block that was passed may be spent in later ones: then they are looked at again. */
  #inspectPassed(node: HeaderNode): void {
    this.#parts.blocks.want(node, (block) => {
      const passed = this.#scanned !== undefined && this.#scanned.height >= node.height;
      if (passed && this.#parts.context.chain.active.contains(node) && this.#watcher.connect(block, node)) this.#backTo(node.height);
    });
  }

  #backTo(height: number): void {
    // What was fetched ahead would take the room of what comes first now.
    this.#blocks.clear();
    this.#filters.clear();
    this.#scanned = height < 0 ? undefined : this.#parts.context.chain.active.at(height);
  }

  /** Goes on wherever it can. It costs next to nothing where nothing has changed: it is called after every message. */
  pump(): void {
    const { active } = this.#parts.context.chain;
    if (this.#scanned !== undefined && !active.contains(this.#scanned)) this.#backTo(active.fork(this.#scanned).height);
    const state = [active.tip.row, this.#end, this.#scanned?.row, this.#watcher.generation(), this.#unsettled.size].join();
    if (state !== this.#pumped) this.#process();
    this.#pumped = state;
    this.#request();
  }

  get #end(): number {
    return this.#parts.agreed()?.height ?? -1;
  }

  /** Asks for the filters of blocks that nobody was asked for. */
  #request(): void {
    if (this.#watcher.scripts().length === 0) return;
    const { context, questions, wasHeard } = this.#parts;
    const { active } = context.chain;
    const isIdle = (peer: Peer): boolean => wasHeard(peer) && questions.count(peer) === 0;
    if (![...context.ready()].some(isIdle)) return;
    const next = Math.max((this.#scanned?.height ?? -1) + 1, this.#birthday);
    const end = Math.min(this.#end, next + AHEAD_BLOCKS - 1);
    const choose = (stop: HeaderNode): Peer | undefined => {
      let chosen: Peer | undefined;
      for (const peer of context.filtering(stop))
        if (isIdle(peer) && (chosen === undefined || context.random.below(2) === 0)) chosen = peer;
      return chosen;
    };
    let first = next;
    while (first <= end && !this.#needsFilter(first)) first++;
    if (first <= end) this.#askAgain(first, choose);
    for (let height = next; height <= end; height++) {
      if (!this.#isLacking(height)) continue;
      let last = height;
      while (last < end && last - height + 1 < RANGE_BLOCKS && this.#isLacking(last + 1)) last++;
      const stop = active.at(last)!;
      const chosen = choose(stop);
      if (chosen === undefined) return;
      this.#ask(chosen, height, stop);
      height = last;
    }
  }

  /** Asks somebody else too for the filters that everything waits for, where they take long. */
  #askAgain(height: number, choose: (stop: HeaderNode) => Peer | undefined): void {
    const { context } = this.#parts;
    const { active } = context.chain;
    const late = this.#asked.find(({ from, to }) => height >= from && height <= to);
    if (late === undefined || late.again || late.to > active.height) return;
    if (context.nowMs() < late.sinceMs + FILTERS_PATIENCE_MS) {
      context.wakeBy(late.sinceMs + FILTERS_PATIENCE_MS);
      return;
    }
    const stop = active.at(late.to)!;
    const chosen = choose(stop);
    if (chosen === undefined) return;
    late.again = true;
    this.#ask(chosen, height, stop);
  }

  #isLacking(height: number): boolean {
    if (this.#asked.some(({ from, to }) => height >= from && height <= to)) return false;
    return this.#needsFilter(height);
  }

  /** Whether a block's filter is not here, and says something: a block that is looked through in any case needs none. */
  #needsFilter(height: number): boolean {
    const key = hashKey(this.#parts.context.chain.active.at(height)!.hash);
    return !this.#filters.has(key) && !this.#unsettled.has(key);
  }

  #ask(peer: Peer, from: number, stop: HeaderNode): void {
    const range = { from, to: stop.height, sinceMs: this.#parts.context.nowMs(), again: false };
    this.#asked.push(range);
    const { active } = this.#parts.context.chain;
    const waiting = new Set<number>();
    for (let height = from; height <= stop.height; height++) waiting.add(active.at(height)!.row);
    const over = (): void => {
      this.#asked.splice(this.#asked.indexOf(range), 1);
    };
    this.#parts.questions.ask(peer, {
      message: { type: 'getcfilters', filterType: BASIC_FILTER_TYPE, startHeight: from, stop: stop.hash },
      isAnswer: (message: Message): message is MessageOf<'cfilter'> => this.#isOneOf(message, waiting),
      answered: (message) => {
        waiting.delete(this.#parts.context.chain.tree.get(message.block)!.row);
        const isRight = this.#take(peer, message);
        if (waiting.size > 0 && isRight) return true;
        over();
        this.#process();
        this.#request();
        return false;
      },
      failed: () => {
        over();
        this.#request();
      },
    });
  }

  /** Whether a message is a filter that has not come yet. One that comes twice is no answer: it would keep the peer's time from running out. */
  #isOneOf(message: Message, waiting: ReadonlySet<number>): message is MessageOf<'cfilter'> {
    if (message.type !== 'cfilter' || message.filterType !== BASIC_FILTER_TYPE) return false;
    const node = this.#parts.context.chain.tree.get(message.block);
    return node !== undefined && waiting.has(node.row);
  }

  /** @returns false where it is not the filter that was agreed on, which the peer has said to stand for */
  #take(peer: Peer, { block, filter }: MessageOf<'cfilter'>): boolean {
    const { context, headers } = this.#parts;
    const node = context.chain.tree.get(block)!;
    if (filter.length > filterSizeMax(context.params.consensus)) {
      context.disconnect(peer, 'filter-false');
      return false;
    }
    const key = hashKey(node.hash);
    const expected = headers.get(node);
    const before = headers.before(node);
    // What was agreed on has changed since it was asked for.
    if (expected === undefined || before === undefined) return true;
    if (bytesEqual(filterHeader(filter, before), expected)) {
      if (node.height > (this.#scanned?.height ?? -1))
        this.#filters.set(key, { node, filter: filter.slice(), matches: undefined, generation: 0 });
      return true;
    }
    if (this.#unsettled.has(key)) return true;
    context.disconnect(peer, 'filter-false');
    return false;
  }

  /** Takes one block after another as far as their filters and blocks are here. */
  #process(): void {
    const { active } = this.#parts.context.chain;
    const watches = this.#watcher.scripts().length > 0;
    const idle = watches ? Math.min(this.#end, this.#birthday - 1) : this.#end;
    if (idle > (this.#scanned?.height ?? -1)) this.#scanned = active.at(idle);
    for (let height = (this.#scanned?.height ?? -1) + 1; height <= this.#end; height++) {
      const node = active.at(height)!;
      if (!this.#lookAt(node)) break;
      this.#scanned = node;
    }
    this.#fetchAhead();
  }

  /** @returns whether the block has been looked at */
  #lookAt(node: HeaderNode): boolean {
    const key = hashKey(node.hash);
    const matches = this.#unsettled.has(key) || this.#matches(node);
    if (matches === undefined) return false;
    if (matches) {
      const block = this.#blocks.get(key)?.block;
      if (block === undefined) return false;
      this.#watcher.connect(block, node);
      this.#blocks.delete(key);
    }
    this.#filters.delete(key);
    return true;
  }

  /** Whether a block may have something in it; undefined where its filter is not here. */
  #matches(node: HeaderNode): boolean | undefined {
    const known = this.#filters.get(hashKey(node.hash));
    if (known === undefined) return undefined;
    const generation = this.#watcher.generation();
    if (known.matches !== undefined && known.generation === generation) return known.matches;
    known.generation = generation;
    known.matches = mayMatch(known.filter, node, this.#watcher.scripts());
    return known.matches;
  }

  /** Fetches the next blocks that will be looked through. */
  #fetchAhead(): void {
    if (this.#watcher.scripts().length === 0) return;
    const { active } = this.#parts.context.chain;
    this.#dropPassed(this.#blocks);
    this.#dropPassed(this.#filters);
    const first = Math.max((this.#scanned?.height ?? -1) + 1, this.#birthday);
    const end = Math.min(this.#end, first + AHEAD_BLOCKS - 1);
    for (let height = first; height <= end && this.#blocks.size < BLOCKS_AHEAD; height++) {
      const node = active.at(height)!;
      const key = hashKey(node.hash);
      if (this.#blocks.has(key) || !(this.#unsettled.has(key) || this.#matches(node) === true)) continue;
      const held = { node, block: undefined as Block | undefined };
      this.#blocks.set(key, held);
      this.#parts.blocks.want(node, (block) => {
        held.block = block;
        this.#process();
        this.#request();
      });
    }
  }

  /** Forgets what belongs to a block that was passed, or left with its branch. */
  #dropPassed(held: Map<HashKey, { readonly node: HeaderNode }>): void {
    const { active } = this.#parts.context.chain;
    for (const [key, { node }] of held) if (node.height <= (this.#scanned?.height ?? -1) || !active.contains(node)) held.delete(key);
  }
}

/** Bytes of a block's filter at most: no block has room for more outputs, and an input takes more of it. */
export function filterSizeMax({ maxBlockWeightWu }: Pick<ConsensusParams, 'maxBlockWeightWu'>): number {
  return COUNT_SIZE_MAX + Math.ceil((maxBlockWeightWu / OUTPUT_WEIGHT_MIN) * BYTES_PER_SCRIPT);
}

function mayMatch(filter: Uint8Array, { hash }: HeaderNode, scripts: readonly Uint8Array[]): boolean {
  try {
    return basicFilterMatchesAny(filter, hash, scripts);
  } catch (error) {
    // Peers agree on a filter that cannot be read: the block tells.
    if (error instanceof DecodeError) return true;
    throw error;
  }
}
