import { assert } from '../../../core/base/assert.ts';
import { deploymentSignals, deploymentStatusAt, type SignalBranch } from '../../../core/consensus/version-bits.ts';
import type { ActivationHeights, Deployment } from '../../../core/params/types.ts';
import type { BlockHash } from '../../../core/primitives/ids.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { BlockSummary, ChainService } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';

/** What Core writes for a deployment that never times out: the largest signed 64-bit number. */
const NO_TIMEOUT = 0x7fffffffffffffffn;

/** Rules with a height, in Core's order. */
const BURIED: readonly (keyof ActivationHeights)[] = ['bip34', 'bip66', 'bip65', 'csv', 'segwit', 'taproot'];

const BURIED_RESULT = Type.Object({
  type: Type.Enum(['buried']),
  height: Type.Integer({ description: 'From which the rule holds.' }),
  active: Type.Boolean({ description: 'Whether it holds for the next block.' }),
});

const BIP9_RESULT = Type.Object({
  type: Type.Enum(['bip9']),
  height: Type.Optional(Type.Integer({ description: 'From which it is active, where that is known.' })),
  active: Type.Boolean({ description: 'Whether it is active for the next block.' }),
  bip9: Type.Object({
    bit: Type.Optional(Type.Integer({ description: 'The bit of the version, while it is counted.' })),
    start_time: Type.Integer({ description: 'Median time from which it is counted; -1: always active.' }),
    timeout: Type.Number({ description: 'Median time at which it has failed.' }),
    min_activation_height: Type.Integer(),
    status: Type.Enum(['defined', 'started', 'locked_in', 'active', 'failed']),
    since: Type.Integer({ description: 'The first height of that state.' }),
    status_next: Type.String({ description: 'The state for the next block.' }),
    statistics: Type.Optional(
      Type.Object({
        period: Type.Integer(),
        threshold: Type.Optional(Type.Integer()),
        elapsed: Type.Integer(),
        count: Type.Integer(),
        possible: Type.Optional(Type.Boolean()),
      }),
    ),
    signalling: Type.Optional(Type.String({ description: '# for each block of the period that signals, - for each that does not.' })),
  }),
});

export const getdeploymentinfo: RpcMethod = {
  name: 'getdeploymentinfo',
  category: 'Blockchain',
  description: 'Which soft forks hold, as of a block.',
  params: [{ name: 'blockhash', schema: Type.String(), fallback: 'the tip', description: 'The block after which it is asked.' }],
  result: Type.Object({
    hash: Type.String(),
    height: Type.Integer(),
    deployments: Type.Record(Type.String(), Type.Union([BURIED_RESULT, BIP9_RESULT])),
  }),
  run: ({ node }, args) => {
    const block = args.has(0) ? node.chain.block(args.hash<BlockHash>(0, 'blockhash')) : node.chain.tip();
    if (block === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    const { consensus, deployments } = node.params;
    const branch = branchOf(block, node.chain);
    const signalled = new Set(deployments.map(({ name }) => name));
    const buried = BURIED.filter((name) => !signalled.has(name)).map((name): [string, JsonOutput] => {
      const height = consensus.heights[name];
      return [name, { type: 'buried', active: block.height + 1 >= height, height }];
    });
    const others = deployments.map((deployment): [string, JsonOutput] => [deployment.name, bip9Json(block.height, branch, deployment)]);
    return { hash: toDisplayHex(block.header.hash), height: block.height, deployments: Object.fromEntries([...buried, ...others]) };
  },
};

/** The branch that ends in a block; where it left the active chain, its own blocks are looked up one by one. */
function branchOf(block: BlockSummary, chain: ChainService): SignalBranch {
  const own = new Map<number, BlockSummary>();
  const known = (hash: BlockHash | undefined): BlockSummary => {
    const found = hash === undefined ? undefined : chain.block(hash);
    assert(found !== undefined, 'all blocks before a known one are known');
    return found;
  };
  for (let at = block; !at.active; at = known(at.header.prevBlockHash)) own.set(at.height, at);
  return (height) => {
    const { header, medianTimeSeconds } = own.get(height) ?? known(chain.hashAt(height));
    return { version: header.version, medianTimeSeconds };
  };
}

function bip9Json(height: number, branch: SignalBranch, deployment: Deployment): JsonOutput {
  const { bit, startTimeSeconds, timeoutSeconds, minActivationHeight } = deployment;
  const now = deploymentStatusAt(height, branch, deployment);
  const next = deploymentStatusAt(height + 1, branch, deployment);
  const counted = now.state === 'started' || now.state === 'locked_in';
  return {
    type: 'bip9',
    height: next.state === 'active' ? next.since : undefined,
    active: next.state === 'active',
    bip9: {
      bit: counted ? bit : undefined,
      start_time: startTimeSeconds,
      timeout: timeoutSeconds ?? NO_TIMEOUT,
      min_activation_height: minActivationHeight,
      status: now.state,
      since: now.since,
      status_next: next.state,
      ...(counted ? signalsJson(height, branch, deployment, now.state === 'started') : {}),
    },
  };
}

/** Once locked in, nothing need be reached any more. */
function signalsJson(height: number, branch: SignalBranch, deployment: Deployment, open: boolean): { readonly [name: string]: JsonOutput } {
  const { signalling, count, possible } = deploymentSignals(height, branch, deployment);
  return {
    statistics: {
      period: deployment.periodBlocks,
      threshold: open ? deployment.thresholdBlocks : undefined,
      elapsed: signalling.length,
      count,
      possible: open ? possible : undefined,
    },
    signalling: signalling.map((signals) => (signals ? '#' : '-')).join(''),
  };
}
