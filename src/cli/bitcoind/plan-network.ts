import { fromHex } from '../../core/base/bytes.ts';
import { builtInNetworks, findNetwork } from '../../core/params/networks.ts';
import { regtestWithHeights } from '../../core/params/regtest.ts';
import { signetMessageStart } from '../../core/params/signet.ts';
import type { ActivationHeights, Deployment, NetworkParams } from '../../core/params/types.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import { type BlockHash, fromDisplayHex } from '../../core/primitives/ids.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { hash256Of } from './values.ts';

/** Core's names of the rules whose height can be set, and ours. */
const RULES: ReadonlyMap<string, readonly (keyof ActivationHeights)[]> = new Map([
  ['segwit', ['segwit']],
  ['bip34', ['bip34']],
  ['dersig', ['bip66']],
  ['cltv', ['bip65']],
  ['csv', ['csv']],
]);

const HEIGHT_MAX = 0x7fffffff;

/** One `-testactivationheight`. @throws ArgumentError */
function heightOf(text: string): Partial<ActivationHeights> {
  const at = text.indexOf('@');
  if (at < 0) throw new ArgumentError(`Invalid format (${text}) for -testactivationheight=name@height.`);
  const digits = text.slice(at + 1);
  const height = Number(digits);
  if (!/^\d{1,10}$/.test(digits) || height >= HEIGHT_MAX) {
    throw new ArgumentError(`Invalid height value (${text}) for -testactivationheight=name@height.`);
  }
  const rules = RULES.get(text.slice(0, at));
  if (rules === undefined) throw new ArgumentError(`Invalid name (${text}) for -testactivationheight=name@height.`);
  return Object.fromEntries(rules.map((rule) => [rule, height]));
}

/** A whole number of up to 15 digits. @throws ArgumentError with these words before it */
function numberIn(text: string, what: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new ArgumentError(`Invalid ${what} (${text})`);
  return Number(text);
}

/** Deployments with what one `-vbparams` says of one of them. @throws ArgumentError */
function withVersionBits(deployments: readonly Deployment[], text: string): readonly Deployment[] {
  const parts = text.split(':');
  if (parts.length < 3 || parts.length > 4) {
    throw new ArgumentError('Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]');
  }
  const [name, start = '', end = '', height = '0'] = parts;
  const change = {
    startTimeSeconds: numberIn(start, 'nStartTime'),
    timeoutSeconds: numberIn(end, 'nTimeout'),
    minActivationHeight: numberIn(height, 'min_activation_height'),
  };
  if (!deployments.some((each) => each.name === name)) throw new ArgumentError(`Invalid deployment (${name})`);
  return deployments.map((each) => (each.name === name ? { ...each, ...change } : each));
}

/** The signet of another challenge: nobody's but of those who know it. @throws ArgumentError */
function withChallenge(network: NetworkParams, texts: readonly string[]): NetworkParams {
  const [text] = texts;
  if (text === undefined) return network;
  if (texts.length > 1) throw new ArgumentError('-signetchallenge cannot be multiple values.');
  const challenge = fromHex(text.toLowerCase());
  if (challenge === undefined || challenge.length === 0) throw new ArgumentError(`-signetchallenge must be hex, not '${text}'.`);
  return {
    ...network,
    messageStart: signetMessageStart(challenge),
    dnsSeeds: [],
    minimumChainWork: 0n as ChainWork,
    assumeValid: null,
    assumeUtxo: [],
    filterCheckpoints: [],
    consensus: { ...network.consensus, signetChallenge: challenge },
  };
}

function byName(name: string): NetworkParams {
  const network = findNetwork(name);
  if (network !== undefined) return network;
  const names = builtInNetworks.map((each) => each.name).join(', ');
  if (name === 'test') throw new ArgumentError(`this node has no testnet3: it has ${names}`);
  throw new ArgumentError(`Unknown chain ${name}.`);
}

function withTests(network: NetworkParams, args: Arguments): NetworkParams {
  if (network.name === 'signet') return withChallenge(network, args.list('signetchallenge'));
  if (network.name !== 'regtest') return network;
  const heights = args.list('testactivationheight').map(heightOf);
  const changed = regtestWithHeights(Object.assign({}, ...heights) as Partial<ActivationHeights>);
  return { ...changed, deployments: args.list('vbparams').reduce(withVersionBits, changed.deployments) };
}

/** The network that is meant, with what was said about its rules. @throws ArgumentError in bitcoind's words */
export function planNetwork(args: Arguments): NetworkParams {
  const network = withTests(byName(args.chain()), args);
  const work = args.text('minimumchainwork');
  const minimum = work === undefined ? network.minimumChainWork : hash256Of(work);
  if (minimum === undefined) throw new ArgumentError(`Invalid minimum work specified (${work}), must be up to 64 hex digits`);
  return { ...network, minimumChainWork: minimum as ChainWork, assumeValid: assumeValidOf(network, args) };
}

/** `-assumevalid`: 0, or the negated option, runs every script. */
function assumeValidOf(network: NetworkParams, args: Arguments): NetworkParams['assumeValid'] {
  const said = args.value('assumevalid');
  if (said === undefined) return network.assumeValid;
  const hash = said === false ? 0n : hash256Of(said);
  if (hash === undefined) {
    throw new ArgumentError(`Invalid assumevalid block hash specified (${said}), must be up to 64 hex digits (or 0 to disable)`);
  }
  return hash === 0n ? null : (fromDisplayHex<BlockHash>(hash.toString(16).padStart(64, '0')) ?? null);
}
