import { toHex } from '../base/bytes.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { genesisFieldsOf } from './genesis.ts';
import { messageStartOf } from './message-start.ts';
import { rulesToFile } from './network-json.ts';
import { signetMessageStart } from './signet.ts';
import type { ConsensusParams, Deployment, NetworkParams, PowParams } from './types.ts';
import { ALWAYS_ACTIVE } from './types.ts';

/** One line about a network, for people. */
export interface NetworkFact {
  /** Path of the field in a network file. */
  readonly field: string;
  readonly value: string;
  /** What follows from it; may be empty. */
  readonly note: string;
}

/** What a network is, field by field in the order of a network file. */
export function explainNetwork(params: NetworkParams): readonly NetworkFact[] {
  const { ports, base58, bip32, consensus } = params;
  const magic = toHex(params.messageStart);
  const follows = magic === toHex(messageStartOf(rulesToFile(params.genesis, consensus)));
  return [
    fact('name', params.name),
    fact('magic', magic, follows ? 'made of the rules: networks whose rules differ never peer' : 'chosen, not made of the rules'),
    fact('ports', `P2P ${ports.p2p}, HTTP ${ports.http}, Stratum ${ports.stratum}, Electrum ${ports.electrum}`, '0: none by default'),
    fact('listenOnAllInterfaces', String(params.listenOnAllInterfaces), params.listenOnAllInterfaces ? '' : 'P2P listens on 127.0.0.1'),
    fact('seeds', params.dnsSeeds.join(', ') || 'none', params.dnsSeeds.length > 0 ? '' : 'peers are found on the subnet or named'),
    fact('addresses.bech32Prefix', params.bech32Prefix, `addresses begin with ${params.bech32Prefix}1`),
    fact('addresses.base58', `P2PKH ${base58.pubkeyHash}, P2SH ${base58.scriptHash}, private keys ${base58.privateKey}`),
    fact('addresses.bip32', `${hex(bip32.public)} / ${hex(bip32.private)}`, 'versions of extended keys'),
    fact('addresses.coinType', String(params.coinType), `derivation paths m/purpose'/${params.coinType}'/...`),
    ...explainGenesis(params),
    ...explainRules(consensus),
    fact('pruneKeepBlocks', String(params.pruneKeepBlocks), 'blocks that pruning always keeps'),
    fact('pruneAfterHeight', String(params.pruneAfterHeight), 'nothing is pruned on a shorter chain'),
    ...explainKnown(params),
  ];
}

function fact(field: string, value: string, note = ''): NetworkFact {
  return { field, value, note };
}

function explainGenesis(params: NetworkParams): readonly NetworkFact[] {
  const { text, timeSeconds, nonce, reward } = genesisFieldsOf(params.genesis);
  return [
    fact('genesis.hash', toDisplayHex(params.genesis.header.hash), 'meets the proof of work'),
    fact('genesis.text', text),
    fact('genesis.timeSeconds', String(timeSeconds), 'seconds since 1970, UTC'),
    fact('genesis.nonce', String(nonce)),
    fact('genesis.reward', coins(reward), 'never enters the coin set'),
  ];
}

function explainRules(consensus: ConsensusParams): readonly NetworkFact[] {
  const { pow, subsidy, heights, futureTime } = consensus;
  const latest =
    futureTime.kind === 'chain'
      ? fact('time.future', `chain, ${futureTime.maxStepSeconds} s after the median of the last 11 blocks`, 'no clock is asked')
      : fact('time.future', `wall-clock, ${futureTime.maxSeconds} s after the node's clock`);
  return [
    fact('pow.bits', hex(pow.bits), `about ${tries(pow.limit)} tries for the easiest block`),
    fact('pow.retarget', pow.retarget, RETARGET_NOTES[pow.retarget]),
    fact('pow.spacingSeconds', String(pow.spacingSeconds), `retarget period ${pow.timespanSeconds} s`),
    fact('subsidy.initial', coins(subsidy.initial), 'new coins in a block, beside its fees'),
    subsidy.halvingInterval === null
      ? fact('subsidy.halvingInterval', 'none', 'the same reward for ever')
      : fact('subsidy.halvingInterval', String(subsidy.halvingInterval), 'blocks after which the reward halves'),
    fact('limits.blockWeight', String(consensus.maxBlockWeightWu)),
    fact('limits.blockSigopsCost', String(consensus.maxBlockSigopsCost)),
    fact('limits.maxMoney', coins(consensus.maxMoney), 'of one output or one transaction'),
    fact('coinbaseMaturity', String(consensus.coinbaseMaturity), 'blocks until a mined coin can be spent'),
    ...Object.entries(heights).map(([rule, height]) => fact(`activationHeights.${rule}`, String(height))),
    latest,
    ...explainPast(consensus),
  ];
}

/** What few networks have. */
function explainPast({ history, signetChallenge, heights }: ConsensusParams): readonly NetworkFact[] {
  const facts: NetworkFact[] = [];
  const { bip34Hash, bip30Repeats, scriptExceptions } = history;
  if (bip34Hash !== null)
    facts.push(fact('history.bip34Hash', toDisplayHex(bip34Hash), `at height ${heights.bip34}: BIP-30 is not looked at after it`));
  for (const hash of bip30Repeats) facts.push(fact('history.bip30Repeats', toDisplayHex(hash), 'repeats an earlier coinbase'));
  for (const { blockHash, rules } of scriptExceptions)
    facts.push(
      fact('history.scriptExceptions', toDisplayHex(blockHash), `its scripts: ${rules.join(', ') || 'none of p2sh, witness, taproot'}`),
    );
  if (signetChallenge !== null) {
    const start = toHex(signetMessageStart(signetChallenge));
    facts.push(fact('signetChallenge', toHex(signetChallenge), `blocks are signed (BIP-325); other programs use magic ${start} for it`));
  }
  return facts;
}

/** What is known of the chain, and what is signalled. */
function explainKnown(params: NetworkParams): readonly NetworkFact[] {
  const { minimumChainWork, assumeValid, assumeUtxo, filterCheckpoints, deployments } = params;
  const facts: NetworkFact[] = [];
  if (minimumChainWork > 0n)
    facts.push(fact('minimumChainWork', `0x${minimumChainWork.toString(16)}`, 'a chain with less is not the network'));
  if (assumeValid !== null) facts.push(fact('assumeValid', toDisplayHex(assumeValid), 'scripts up to it are not run when they are buried'));
  for (const { height, blockHash } of assumeUtxo)
    facts.push(fact(`assumeutxo.${height}`, toDisplayHex(blockHash), 'its coins may be taken from a file'));
  for (const { height, blockHash } of filterCheckpoints)
    facts.push(fact(`filterCheckpoints.${height}`, toDisplayHex(blockHash), 'light clients ask for filter headers from here on'));
  for (const deployment of deployments) facts.push(fact(`deployments.${deployment.name}`, `bit ${deployment.bit}`, spanOf(deployment)));
  return facts;
}

function spanOf({ startTimeSeconds, timeoutSeconds, thresholdBlocks, periodBlocks }: Deployment): string {
  if (startTimeSeconds === ALWAYS_ACTIVE) return 'active from the first block';
  const until = timeoutSeconds === null ? 'without end' : `until ${timeoutSeconds}`;
  return `${thresholdBlocks} of ${periodBlocks} blocks, from ${startTimeSeconds} ${until}`;
}

const RETARGET_NOTES: Readonly<Record<PowParams['retarget'], string>> = {
  none: 'every block has these bits',
  bitcoin: 'once in a period',
  testnet: 'once in a period; a late block may have the easiest target',
  bip94: "as testnet, from the bits of a period's first block",
};

/** Tries that a target takes on average: exactly below a million, else as a power of two, rounded. */
function tries(target: bigint): string {
  const count = 2n ** 256n / (target + 1n);
  if (count < 1_000_000n) return String(count);
  return `2^${Math.round(Math.log2(Number(count)) * 10) / 10}`;
}

/** Base units as coins, with 8 decimals. */
function coins(amount: bigint): string {
  const digits = amount.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
