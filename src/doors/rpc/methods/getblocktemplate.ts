import { deploymentStatusAt, type SignalBranch } from '../../../core/consensus/version-bits.ts';
import { WITNESS_SCALE_FACTOR } from '../../../core/consensus/weight.ts';
import type { Block } from '../../../core/primitives/block.ts';
import { type BlockHash, hashKey, toDisplayHex } from '../../../core/primitives/ids.ts';
import { encodeTransaction, transactionWeightWu } from '../../../core/primitives/transaction.ts';
import type { OfferedTemplate, TemplateState } from '../../../engine/ports/mining-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { parseBlock, parseHash, wrongType } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { JsonObject, type JsonValue } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { activeBlock } from '../network-hash-rate.ts';
import { hex32, hexOf, targetHex } from '../render/numbers.ts';

/** Networks where a template of a node that knows of no others is worth nothing. On others tests mine alone. */
const PUBLIC_NETWORKS: readonly string[] = ['main', 'quoin'];

/** Core's limit on the size of a block, which its weight keeps to already. */
const BLOCK_SIZE_BYTES_MAX = 4_000_000;

const RESULT = Type.Object({
  capabilities: Type.Array(Type.String()),
  version: Type.Integer({ description: 'With a bit for each soft fork that can be signalled.' }),
  rules: Type.Array(Type.String(), { description: 'Rules in force; with ! before those that a miner must know.' }),
  vbavailable: Type.Record(Type.String(), Type.Integer(), { description: 'Soft forks that can be signalled, with their bit.' }),
  vbrequired: Type.Integer(),
  previousblockhash: Type.String(),
  transactions: Type.Array(
    Type.Object({
      data: Type.String(),
      txid: Type.String(),
      hash: Type.String({ description: 'With the witness.' }),
      depends: Type.Array(Type.Integer(), { description: 'Places in this list, from 1, of those that must come before it.' }),
      fee: Type.Integer({ description: 'Base units.' }),
      sigops: Type.Integer(),
      weight: Type.Integer(),
    }),
  ),
  coinbaseaux: Type.Object({}),
  coinbasevalue: Type.Integer({ description: 'Base units: subsidy and fees.' }),
  longpollid: Type.String({ description: 'Given back in a request, that waits until there is another template.' }),
  target: Type.String(),
  mintime: Type.Integer(),
  mutable: Type.Array(Type.String()),
  noncerange: Type.String(),
  sigoplimit: Type.Integer(),
  sizelimit: Type.Integer(),
  weightlimit: Type.Optional(Type.Integer()),
  curtime: Type.Integer(),
  bits: Type.String(),
  height: Type.Integer(),
  signet_challenge: Type.Optional(Type.String()),
  default_witness_commitment: Type.Optional(Type.String({ description: 'Script of the output that commits to the witnesses.' })),
});

/** A request's member; undefined where it is not there or null. */
function memberOf(request: JsonValue | undefined, name: string): JsonValue | undefined {
  return (request instanceof JsonObject ? request.members.get(name) : undefined) ?? undefined;
}

/** What BIP-23 says of a block that is only proposed; null: it would be accepted but for its work. */
async function judge(block: Block, { chain }: NodePort): Promise<string | null> {
  const { hash } = block.header;
  const known = chain.block(hash);
  if (known === undefined) return (await chain.checkProposal(block))?.reason ?? null;
  // Of a known header this only tells whether it is invalid.
  if ((await chain.submitHeader(known.header)) !== undefined) return 'duplicate-invalid';
  const wasConnected = known.active || (await chain.spentCoins(hash)) !== undefined;
  return wasConnected ? 'duplicate' : 'duplicate-inconclusive';
}

/** The rules that the caller says he knows. */
function rulesOf(request: JsonValue | undefined): ReadonlySet<string> {
  const rules = memberOf(request, 'rules');
  if (!Array.isArray(rules)) return new Set();
  return new Set(
    rules.map((rule: JsonValue) => {
      if (typeof rule === 'string') return rule;
      throw new RpcError('TYPE_ERROR', wrongType(rule, 'string'));
    }),
  );
}

/** On a public network a node without peers, or far from the tip, has no template to give. */
function checkReady({ network, params }: NodePort): void {
  if (!PUBLIC_NETWORKS.includes(params.name)) return;
  if (network.peers().length === 0) throw new RpcError('CLIENT_NOT_CONNECTED', 'quoin is not connected!');
  if (!network.sync().inSync) {
    throw new RpcError('CLIENT_IN_INITIAL_DOWNLOAD', 'quoin is in initial sync and waiting for blocks...');
  }
}

/** Waits as BIP-22 says: until there is something else than the caller has. */
async function poll(id: JsonValue, { node, signal }: RpcContext): Promise<void> {
  let known: TemplateState = node.mining.templateState();
  if (typeof id === 'string') {
    const tip = parseHash<BlockHash>(id.slice(0, 64), 'longpollid');
    known = { tip, revision: Number(/^-?\d{1,15}/.exec(id.slice(64))?.[0] ?? 0) };
  }
  await node.mining.templateChanged(known, signal);
  if (signal.aborted) throw new RpcError('CLIENT_NOT_CONNECTED', 'Shutting down');
}

function checkRules(rules: ReadonlySet<string>, signet: boolean): void {
  const needs = (name: string, list: string): RpcError =>
    new RpcError('INVALID_PARAMETER', `getblocktemplate must be called with the ${name} rule set (call with {"rules": [${list}]})`);
  if (signet && !rules.has('signet')) throw needs('signet', '"segwit", "signet"');
  if (!rules.has('segwit')) throw needs('segwit', '"segwit"');
}

/** What is in force and what can be signalled, of the soft forks with a bit. */
function signalling(node: NodePort, height: number, version: number) {
  const branch: SignalBranch = (at) => {
    const { header, medianTimeSeconds } = activeBlock(node, at);
    return { version: header.version, medianTimeSeconds };
  };
  const available: Record<string, number> = {};
  const active: string[] = [];
  let bits = version;
  for (const deployment of [...node.params.deployments].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { state } = deploymentStatusAt(height, branch, deployment);
    if (state === 'active') active.push(deployment.name);
    if (state !== 'started' && state !== 'locked_in') continue;
    available[deployment.name] = deployment.bit;
    if (state === 'locked_in') bits |= 1 << deployment.bit;
  }
  return { active, available, version: bits };
}

function transactionsJson({ transactions, witnessCommitment }: OfferedTemplate): JsonOutput[] {
  const places = new Map<string, number>();
  return transactions.map(({ tx, fee, sigopsCost }, index) => {
    const depends = new Set(tx.inputs.flatMap(({ prevout }) => places.get(hashKey(prevout.txid)) ?? []));
    places.set(hashKey(tx.txid), index + 1);
    return {
      data: hexOf(encodeTransaction(tx)),
      txid: toDisplayHex(tx.txid),
      hash: toDisplayHex(tx.wtxid),
      depends: [...depends],
      fee,
      sigops: witnessCommitment === undefined ? Math.floor(sigopsCost / WITNESS_SCALE_FACTOR) : sigopsCost,
      weight: transactionWeightWu(tx),
    };
  });
}

function templateJson(node: NodePort, template: OfferedTemplate): JsonOutput {
  const { bits, height, state, witnessCommitment } = template;
  const { signetChallenge, maxBlockSigopsCost, maxBlockWeightWu } = node.params.consensus;
  const segwit = witnessCommitment !== undefined;
  const { active, available, version } = signalling(node, height, template.version);
  const scale = segwit ? 1 : WITNESS_SCALE_FACTOR;
  return {
    capabilities: ['proposal'],
    version,
    rules: ['csv', ...(segwit ? ['!segwit'] : []), ...(signetChallenge === null ? [] : ['!signet']), ...active],
    vbavailable: available,
    vbrequired: 0,
    previousblockhash: toDisplayHex(state.tip),
    transactions: transactionsJson(template),
    coinbaseaux: {},
    coinbasevalue: template.coinbaseValue,
    longpollid: `${toDisplayHex(state.tip)}${state.revision}`,
    target: targetHex(bits),
    mintime: template.timeSecondsMin,
    mutable: ['time', 'transactions', 'prevblock'],
    noncerange: '00000000ffffffff',
    sigoplimit: Math.floor(maxBlockSigopsCost / scale),
    sizelimit: Math.floor(BLOCK_SIZE_BYTES_MAX / scale),
    weightlimit: segwit ? maxBlockWeightWu : undefined,
    curtime: template.timeSeconds,
    bits: hex32(bits),
    height,
    signet_challenge: signetChallenge === null ? undefined : hexOf(signetChallenge),
    default_witness_commitment: witnessCommitment && hexOf(witnessCommitment),
  };
}

export const getblocktemplate: RpcMethod = {
  name: 'getblocktemplate',
  category: 'Mining',
  description: 'What a block needs that somebody else finishes (BIP-22, 23, 9 and 145), or what a proposed one would be refused for.',
  params: [
    {
      name: 'template_request',
      schema: Type.Object({
        mode: Type.Optional(Type.String({ description: 'template, or proposal for a block in data.' })),
        capabilities: Type.Optional(Type.Array(Type.String())),
        rules: Type.Optional(Type.Array(Type.String(), { description: 'Rules that the caller knows; segwit must be there.' })),
        longpollid: Type.Optional(Type.String({ description: 'Waits until there is another template than the one with it.' })),
        data: Type.Optional(Type.String({ description: 'The proposed block in hexadecimal.' })),
      }),
      required: true,
      description: 'What is asked for.',
    },
  ],
  result: Type.Union([RESULT, Type.Null(), Type.String()]),
  run: async (context, args) => {
    const { node } = context;
    const request = args.value(0);
    const mode = memberOf(request, 'mode') ?? 'template';
    if (mode === 'proposal') {
      const data = memberOf(request, 'data');
      if (typeof data !== 'string') throw new RpcError('TYPE_ERROR', 'Missing data String key for proposal');
      return judge(parseBlock(data).block, node);
    }
    const rules = rulesOf(request);
    if (mode !== 'template') throw new RpcError('INVALID_PARAMETER', 'Invalid mode');
    checkReady(node);
    const id = memberOf(request, 'longpollid');
    if (id !== undefined) await poll(id, context);
    checkRules(rules, node.params.consensus.signetChallenge !== null);
    return templateJson(node, await node.mining.template());
  },
};
