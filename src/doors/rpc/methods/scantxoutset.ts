import { bytesEqual, compareBytes } from '../../../core/base/bytes.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { OutPoint } from '../../../core/primitives/transaction.ts';
import type { CancelSignal } from '../../../engine/ports/cancel-signal.ts';
import type { CoinSearch } from '../../../engine/ports/chain-service.ts';
import type { ScriptCoin } from '../../../engine/ports/index-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { type WatchedScripts, watchedScripts } from '../descriptor-arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { hexOf } from '../render/numbers.ts';
import { type Scan, Scans } from '../scan.ts';

/** Coins that are asked of the index at once. */
const PAGE_SIZE = 1_000;

/** Scripts that are asked for before it is worth going through all coins instead. */
const INDEXED_SCRIPTS_MAX = 10_000;

/** How often the index is asked anew because the tip moved meanwhile. */
const ATTEMPTS = 3;

const SCANS = new Scans(({ fraction }) => ({ progress: Math.floor(fraction * 100) }));

async function coinsOfScript({ indexes }: NodePort, script: Uint8Array, signal: CancelSignal): Promise<ScriptCoin[]> {
  const found: ScriptCoin[] = [];
  let after: OutPoint | undefined;
  while (!signal.aborted) {
    const page = await indexes.scriptCoins(script, { limit: PAGE_SIZE, after });
    found.push(...page);
    after = page.at(-1)?.outPoint;
    if (page.length < PAGE_SIZE) break;
  }
  return found;
}

/** The same as a look through all coins gives, by the index `script`; undefined where it cannot be had from there. */
async function searchIndex(node: NodePort, watched: WatchedScripts, scan: Scan, signal: CancelSignal): Promise<CoinSearch | undefined> {
  const { chain, indexes } = node;
  if (watched.scripts.length > INDEXED_SCRIPTS_MAX || !indexes.has('script')) return undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (!(await indexes.ready('script'))) return undefined;
    const { height, header } = chain.tip();
    const found: CoinSearch['found'][number][] = [];
    for (const [done, script] of watched.scripts.entries()) {
      scan.fraction = done / watched.scripts.length;
      for (const { outPoint, ...coin } of await coinsOfScript(node, script, signal)) {
        found.push({ outPoint, coin: { ...coin, scriptPubKey: script } });
      }
    }
    // A block that came or went meanwhile has changed some of them.
    if (!bytesEqual(chain.tip().header.hash, header.hash)) continue;
    found.sort((a, b) => compareBytes(a.outPoint.txid, b.outPoint.txid) || a.outPoint.vout - b.outPoint.vout);
    return { height, bestBlock: header.hash, txouts: found.length, found, completed: !signal.aborted };
  }
  return undefined;
}

function foundJson({ node }: RpcContext, watched: WatchedScripts, search: CoinSearch): JsonOutput {
  let total = 0n;
  const unspents = search.found.map(({ coin, outPoint }) => {
    total += coin.value;
    const blockHash = node.chain.hashAt(coin.height);
    return {
      txid: toDisplayHex(outPoint.txid),
      vout: outPoint.vout,
      scriptPubKey: hexOf(coin.scriptPubKey),
      desc: watched.descriptorOf(coin.scriptPubKey),
      amount: coins(coin.value),
      coinbase: coin.coinbase,
      height: coin.height,
      blockhash: blockHash === undefined ? undefined : toDisplayHex(blockHash),
      confirmations: search.height - coin.height + 1,
    };
  });
  return {
    success: search.completed,
    txouts: search.txouts,
    height: search.height,
    bestblock: toDisplayHex(search.bestBlock),
    unspents,
    total_amount: coins(total),
  };
}

const FOUND = Type.Object({
  success: Type.Boolean({ description: 'Whether it went through to the end.' }),
  txouts: Type.Integer({ description: 'Unspent outputs that were looked at; by the index, those that were found.' }),
  height: Type.Integer(),
  bestblock: Type.String({ description: 'The tip.' }),
  unspents: Type.Array(
    Type.Object({
      txid: Type.String(),
      vout: Type.Integer(),
      scriptPubKey: Type.String(),
      desc: Type.String({ description: 'The descriptor of this script, with its checksum.' }),
      amount: Type.Number({ description: 'Coins.' }),
      coinbase: Type.Boolean(),
      height: Type.Integer(),
      blockhash: Type.Optional(Type.String()),
      confirmations: Type.Integer(),
    }),
  ),
  total_amount: Type.Number({ description: 'Coins.' }),
});

export const scantxoutset: RpcMethod = {
  name: 'scantxoutset',
  category: 'Blockchain',
  description:
    'Finds the unspent outputs of descriptors: by the index "script" where the node has it, else by a look through all coins, one at a time.',
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
  ],
  result: Type.Union([FOUND, Type.Boolean(), Type.Null(), Type.Object({ progress: Type.Integer({ description: 'Percent.' }) })]),
  run: (context, args) =>
    SCANS.answer(context, args, async (scan, signal) => {
      if (args.value(1) === undefined) throw new RpcError('MISC_ERROR', 'scanobjects argument is required for the start action');
      const { chain } = context.node;
      const watched = await watchedScripts(args.value(1), { ...context, signal });
      const onProgress = (fraction: number): void => {
        scan.fraction = fraction;
      };
      const search =
        (await searchIndex(context.node, watched, scan, signal)) ??
        (await chain.findCoins((script) => watched.has(script), { signal, onProgress }));
      return foundJson(context, watched, search);
    }),
};
