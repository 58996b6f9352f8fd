import { basicFilterMatchesAny } from '../../../core/filters/index.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { CancelSignal } from '../../../engine/ports/cancel-signal.ts';
import type { BlockSummary, ChainService } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { type Arguments, wrongType } from '../arguments.ts';
import { type WatchedScripts, watchedScripts } from '../descriptor-arguments.ts';
import { RpcError } from '../errors.ts';
import { JsonObject } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { type Scan, Scans } from '../scan.ts';
import { storedBlock } from '../stored-block.ts';

/** The only kind of filters there is. */
const BASIC = 'basic';

/** Scripts that a filter is asked about at once, and filters after which others have their turn. */
const SCRIPTS_PER_TURN = 10_000;
const FILTERS_PER_TURN = 20;

const SCANS = new Scans(({ fraction, height }) => ({ progress: Math.floor(fraction * 100), current_height: height }));

/** What a scan goes through. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Whether filters that seem to match are held against their blocks. */
function verifiesMatches(args: Arguments): boolean {
  const options = args.value(5);
  const wanted = options instanceof JsonObject ? options.members.get('filter_false_positives') : undefined;
  if (wanted !== undefined && typeof wanted !== 'boolean') throw new RpcError('TYPE_ERROR', wrongType(wanted, 'bool'));
  return wanted === true;
}

function rangeOf(args: Arguments, chain: ChainService): Range {
  const tip = chain.tip().height;
  const first = args.has(2) ? args.integer(2) : 0;
  if (first < 0 || first > tip) throw new RpcError('MISC_ERROR', 'Invalid start_height');
  const last = args.has(3) ? args.integer(3) : tip;
  if (last < first || last > tip) throw new RpcError('MISC_ERROR', 'Invalid stop_height');
  return { first, last };
}

/** Whether a block pays or spends one of the scripts, or may do so by its filter. */
class BlockMatcher {
  readonly #context: RpcContext;
  readonly #watched: WatchedScripts;
  readonly #verifies: boolean;

  constructor(context: RpcContext, watched: WatchedScripts, verifies: boolean) {
    this.#context = context;
    this.#watched = watched;
    this.#verifies = verifies;
  }

  async matches(block: BlockSummary): Promise<boolean> {
    const { hash } = block.header;
    const found = await this.#context.node.indexes.filter(hash);
    if (found === undefined) throw new RpcError('MISC_ERROR', 'Filter not found. Block filters are still in the process of being indexed.');
    return (await this.#mayMatch(found.filter, block)) && (!this.#verifies || (await this.#touches(block)));
  }

  async #mayMatch(filter: Uint8Array, { header }: BlockSummary): Promise<boolean> {
    const { scripts } = this.#watched;
    for (let at = 0; at < scripts.length; at += SCRIPTS_PER_TURN) {
      if (at > 0) await this.#context.node.clock.yield();
      if (basicFilterMatchesAny(filter, header.hash, scripts.slice(at, at + SCRIPTS_PER_TURN))) return true;
    }
    return false;
  }

  async #touches(block: BlockSummary): Promise<boolean> {
    const { chain } = this.#context.node;
    const { transactions } = await storedBlock(chain, block);
    const outputs = transactions.flatMap((tx) => tx.outputs);
    // The first block spends nothing, and has no list of what it spends.
    const spent = block.height === 0 ? [] : await chain.spentCoins(block.header.hash);
    if (spent === undefined) throw new RpcError('MISC_ERROR', 'Undo data not available (pruned data)');
    return [...outputs, ...spent.flat()].some(({ scriptPubKey }) => this.#watched.has(scriptPubKey));
  }
}

async function scanRange(
  { node }: RpcContext,
  { first, last }: Range,
  matcher: BlockMatcher,
  scan: Scan,
  signal: CancelSignal,
): Promise<JsonOutput> {
  const relevant: string[] = [];
  let height = first;
  scan.height = first;
  for (; height <= last && !signal.aborted; height++) {
    const hash = node.chain.hashAt(height);
    const block = hash && node.chain.block(hash);
    // The chain became shorter meanwhile.
    if (block === undefined) break;
    if (await matcher.matches(block)) relevant.push(toDisplayHex(block.header.hash));
    scan.height = height;
    scan.fraction = last === first ? 1 : (height - first) / (last - first);
    if (height % FILTERS_PER_TURN === 0) await node.clock.yield();
  }
  return {
    from_height: first,
    to_height: Math.max(first, height - 1),
    relevant_blocks: relevant,
    completed: height > last,
  };
}

export const scanblocks: RpcMethod = {
  name: 'scanblocks',
  category: 'Blockchain',
  description:
    'Finds the blocks that pay or spend scripts of descriptors, by the compact filters. Needs the index "filter"; one scan at a time.',
  params: [
    {
      name: 'action',
      schema: Type.String(),
      required: true,
      description: '"start", "abort" what another call has started, or its "status".',
    },
    {
      name: 'scanobjects',
      schema: Type.Array(Type.Any()),
      description: 'Descriptors, or objects with "desc" and "range": the last place or the first and the last one, 1000 unless given.',
    },
    { name: 'start_height', schema: Type.Integer(), fallback: '0', description: 'The first block.' },
    { name: 'stop_height', schema: Type.Integer(), fallback: 'the tip', description: 'The last block.' },
    { name: 'filtertype', schema: Type.String(), fallback: BASIC, description: 'The kind of filter.' },
    {
      name: 'options',
      namedMembers: true,
      schema: Type.Object({
        filter_false_positives: Type.Optional(
          Type.Boolean({ description: 'Looks into the blocks too, so that none is named by mistake.' }),
        ),
      }),
      description: 'Whether to be sure.',
    },
  ],
  result: Type.Union([
    Type.Object({
      from_height: Type.Integer(),
      to_height: Type.Integer({ description: 'The last block that was looked at.' }),
      relevant_blocks: Type.Array(Type.String(), { description: 'Their hashes.' }),
      completed: Type.Boolean({ description: 'Whether it went through to the end.' }),
    }),
    Type.Boolean(),
    Type.Null(),
    Type.Object({ progress: Type.Integer({ description: 'Percent.' }), current_height: Type.Integer() }),
  ]),
  run: (context, args) =>
    SCANS.answer(context, args, async (scan, signal) => {
      const { chain, indexes } = context.node;
      const kind = args.has(4) ? args.string(4) : BASIC;
      if (kind !== BASIC) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Unknown filtertype');
      const verifies = verifiesMatches(args);
      if (!indexes.has('filter')) throw new RpcError('MISC_ERROR', `Index is not enabled for filtertype ${kind}`);
      const range = rangeOf(args, chain);
      const watched = await watchedScripts(args.value(1), { ...context, signal });
      await indexes.ready('filter');
      return scanRange(context, range, new BlockMatcher(context, watched, verifies), scan, signal);
    }),
};
