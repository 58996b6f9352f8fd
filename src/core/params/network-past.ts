/**
 * Reading what only some networks have in their file: a history, a challenge, what is known of their chain, what miners signal.
 *
 * @module
 */

import type { ChainWork } from '../primitives/compact-target.ts';
import { hashToNumber } from '../primitives/compact-target.ts';
import type { BlockHash } from '../primitives/ids.ts';
import { fromDisplayHex } from '../primitives/ids.ts';
import { NO_HISTORY } from './bitcoin.ts';
import type { FieldReader } from './field-reader.ts';
import type { Deployment, FilterCheckpoint, NetworkHistory, NetworkParams, ScriptException, ScriptRule, SnapshotBase } from './types.ts';
import { ALWAYS_ACTIVE } from './types.ts';

/** Blocks that can be named as exceptions, and deployments: more than any network has. */
const LIST_LENGTH_MAX = 64;

/** A challenge is a script that is run. */
const CHALLENGE_SIZE_MAX = 10_000;

const HEIGHT_MAX = 0x7fffffff;
const U32_MAX = 0xffffffff;

/** BIP-9 leaves bits 0 to 28 to deployments. */
const BIT_MAX = 28;

const SCRIPT_RULES: readonly ScriptRule[] = ['p2sh', 'witness', 'taproot'];

/** Which of the three a list may be: witness programs are run inside P2SH too, and taproot is a witness program. */
const RULES_WANTED = '[], ["p2sh"], ["p2sh","witness"] or ["p2sh","witness","taproot"]';

/** The field `history`. */
export function readHistory(parent: FieldReader): NetworkHistory {
  if (!parent.has('history')) return NO_HISTORY;
  const reader = parent.object('history');
  const bip34Hash = reader.has('bip34Hash') ? readHash(reader, 'bip34Hash') : null;
  const bip30Repeats = reader.has('bip30Repeats') ? readHashes(reader, 'bip30Repeats') : [];
  const exceptions = reader.has('scriptExceptions') ? reader.objects('scriptExceptions', LIST_LENGTH_MAX) : [];
  reader.end();
  return { bip34Hash, bip30Repeats, scriptExceptions: exceptions.map(readException) };
}

function readException(reader: FieldReader): ScriptException {
  const blockHash = readHash(reader, 'block');
  const said = reader.value('rules');
  const count = Array.isArray(said) ? said.length : -1;
  const rules = SCRIPT_RULES.slice(0, Math.max(count, 0));
  if (count !== rules.length || rules.some((rule, i) => rule !== (said as unknown[])[i])) reader.refuse('rules', `must be ${RULES_WANTED}`);
  reader.end();
  return { blockHash, rules };
}

/** The field `signetChallenge`. */
export function readSignetChallenge(reader: FieldReader): Uint8Array | null {
  return reader.has('signetChallenge') ? reader.hex('signetChallenge', { min: 1, max: CHALLENGE_SIZE_MAX }) : null;
}

/** What is known of a network's chain, and what is signalled in it. */
export function readKnown(
  reader: FieldReader,
): Pick<NetworkParams, 'minimumChainWork' | 'assumeValid' | 'assumeUtxo' | 'filterCheckpoints' | 'deployments'> {
  const work = reader.has('minimumChainWork') ? hashToNumber(reader.hex('minimumChainWork', { min: 32, max: 32 }).reverse()) : 0n;
  const assumeValid = reader.has('assumeValid') ? readHash(reader, 'assumeValid') : null;
  const assumeUtxo = reader.has('assumeutxo') ? reader.objects('assumeutxo', LIST_LENGTH_MAX).map(readSnapshotBase) : [];
  const filterCheckpoints = reader.has('filterCheckpoints') ? readFilterCheckpoints(reader) : [];
  const deployments = reader.has('deployments') ? reader.objects('deployments', LIST_LENGTH_MAX).map(readDeployment) : [];
  return { minimumChainWork: work as ChainWork, assumeValid, assumeUtxo, filterCheckpoints, deployments };
}

/** Every block has a transaction, so there are more of them than the height says. */
function readSnapshotBase(reader: FieldReader): SnapshotBase {
  const height = reader.integer('height', { min: 1, max: HEIGHT_MAX });
  const blockHash = readHash(reader, 'block');
  const coinsHash = readHash(reader, 'coinsHash');
  const chainTxCount = reader.integer('chainTxCount', { min: height + 1, max: Number.MAX_SAFE_INTEGER });
  reader.end();
  return { height, blockHash, coinsHash, chainTxCount };
}

/** By rising heights, so that what is meant by the last one is plain. */
function readFilterCheckpoints(parent: FieldReader): FilterCheckpoint[] {
  let before = 0;
  return parent.objects('filterCheckpoints', LIST_LENGTH_MAX).map((reader) => {
    const height = reader.integer('height', { min: before + 1, max: HEIGHT_MAX });
    before = height;
    const blockHash = readHash(reader, 'block');
    const filterHeader: Uint8Array = readHash(reader, 'filterHeader');
    // Zeros stand before the first block, in place of a header.
    if (reader.sound && filterHeader.every((byte) => byte === 0)) reader.refuse('filterHeader', 'must not be zero');
    reader.end();
    return { height, blockHash, filterHeader };
  });
}

function readDeployment(reader: FieldReader): Deployment {
  const name = reader.text('name', (text) => /^[a-z0-9_-]{1,32}$/.test(text), '1 to 32 characters of a-z, 0-9, _ and -');
  const bit = reader.integer('bit', { min: 0, max: BIT_MAX });
  const startTimeSeconds = reader.integer('startTimeSeconds', { min: ALWAYS_ACTIVE, max: U32_MAX });
  const timeoutSeconds = reader.integerOrNull('timeoutSeconds', { min: 0, max: U32_MAX });
  const minActivationHeight = reader.integer('minActivationHeight', { min: 0, max: HEIGHT_MAX });
  const periodBlocks = reader.integer('periodBlocks', { min: 1, max: HEIGHT_MAX });
  const thresholdBlocks = reader.integer('thresholdBlocks', { min: 1, max: HEIGHT_MAX });
  if (thresholdBlocks > periodBlocks) reader.refuse('thresholdBlocks', 'must not be over periodBlocks');
  reader.end();
  return { name, bit, startTimeSeconds, timeoutSeconds, minActivationHeight, periodBlocks, thresholdBlocks };
}

function readHash(reader: FieldReader, key: string): BlockHash {
  return reader.hex(key, { min: 32, max: 32 }).reverse() as Uint8Array as BlockHash;
}

function readHashes(reader: FieldReader, key: string): BlockHash[] {
  const accepts = (text: string): boolean => fromDisplayHex(text) !== undefined;
  return reader.texts(key, accepts, { countMax: LIST_LENGTH_MAX, wanted: 'block hashes of 64 hexadecimal digits' }).flatMap((text) => {
    const hash = fromDisplayHex<BlockHash>(text);
    return hash === undefined ? [] : [hash];
  });
}
