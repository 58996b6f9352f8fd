/**
 * Outputs of every kind: a program as it stands, behind a hash, in a witness, in a taproot tree; keys; and forms that have no rules yet.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { hash160, sha256 } from '../../src/core/crypto/sha256.ts';
import { ByteWriter, compactSizeLength } from '../../src/core/primitives/byte-writer.ts';
import { SCRIPT_ELEMENT_SIZE_MAX } from '../../src/core/script/limits.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import {
  nullDataScript,
  p2pkhScript,
  p2shScript,
  p2trScript,
  p2wpkhScript,
  p2wshScript,
  witnessProgramScript,
} from '../../src/core/script/output-template.ts';
import { encodeMinimalPush, encodePush } from '../../src/core/script/script-writer.ts';
import {
  ANNEX_TAG,
  TAPSCRIPT_LEAF_VERSION,
  tapbranchHash,
  tapleafHash,
  taprootMerkleRoot,
  taprootOutputKey,
  taptweakHash,
} from '../../src/core/script/taproot.ts';
import type { Chance } from './chance.ts';
import type { Needs, Program, ProgramSource } from './program.ts';
import { chooseProgram } from './programs.ts';
import type { SpendSite, TestKeys } from './signing.ts';
import { ecdsaSigner, schnorr, tapscriptSigner } from './signing.ts';

/** What an input carries to spend an output. */
export interface Unlocked {
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** An output script with the way to spend it. */
export interface Lock {
  readonly kind: string;
  readonly script: Uint8Array;
  readonly needs?: Needs;
  /** Whether spending it takes a witness, which no block may have before segwit. */
  readonly witness: boolean;
  unlock(site: SpendSite): Unlocked;
}

/** What outputs are made of: programs and the curve. */
export interface LockSource extends ProgramSource {
  readonly secp256k1: SpendSite['secp256k1'];
}

type MakeLock = (source: LockSource) => Lock | undefined;

const EMPTY = new Uint8Array();

function needsOf({ needs }: Program): { needs?: Needs } {
  return needs === undefined ? {} : { needs };
}

function pushes(items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...items.map(encodeMinimalPush));
}

const bare: MakeLock = (source) => {
  const program = chooseProgram(source, 'base');
  return {
    kind: `bare ${program.kind}`,
    script: program.script,
    witness: false,
    ...needsOf(program),
    unlock: (site) => ({ scriptSig: pushes(program.solve(site, ecdsaSigner(site, 'base', program.script))), witness: [] }),
  };
};

const scriptHash: MakeLock = (source) => {
  const program = chooseProgram(source, 'base');
  if (program.script.length > SCRIPT_ELEMENT_SIZE_MAX) return undefined;
  return {
    kind: `P2SH ${program.kind}`,
    script: p2shScript(hash160(program.script)),
    witness: false,
    ...needsOf(program),
    unlock: (site) => {
      const items = program.solve(site, ecdsaSigner(site, 'base', program.script));
      return { scriptSig: concatBytes(pushes(items), encodePush(program.script)), witness: [] };
    },
  };
};

/** The witness program itself, or nested in P2SH as BIP-16 meets BIP-141. */
function nestedOrNot(source: LockSource, kind: string, program: Uint8Array): { kind: string; script: Uint8Array; scriptSig: Uint8Array } {
  if (source.chance.below(3) > 0) return { kind, script: program, scriptSig: EMPTY };
  return { kind: `nested ${kind}`, script: p2shScript(hash160(program)), scriptSig: encodePush(program) };
}

const witnessScriptHash: MakeLock = (source) => {
  const program = chooseProgram(source, 'witnessV0');
  const { kind, script, scriptSig } = nestedOrNot(source, 'P2WSH', p2wshScript(sha256(program.script)));
  return {
    kind: `${kind} ${program.kind}`,
    script,
    witness: true,
    ...needsOf(program),
    unlock: (site) => ({
      scriptSig,
      witness: [...program.solve(site, ecdsaSigner(site, 'witnessV0', program.script)), program.script],
    }),
  };
};

const keyHash: MakeLock = ({ chance, keys }) => {
  const key = chance.pick(keys);
  const bytes = chance.oneIn(4) ? key.uncompressed : key.compressed;
  const script = p2pkhScript(hash160(bytes));
  return {
    kind: 'P2PKH',
    script,
    witness: false,
    unlock: (site) => ({ scriptSig: pushes([ecdsaSigner(site, 'base', script).sign(key), bytes]), witness: [] }),
  };
};

const witnessKeyHash: MakeLock = (source) => {
  const key = source.chance.pick(source.keys);
  // Uncompressed keys are valid here, though no one relays them.
  const bytes = source.chance.oneIn(12) ? key.uncompressed : key.compressed;
  const hash = hash160(bytes);
  const { kind, script, scriptSig } = nestedOrNot(source, 'P2WPKH', p2wpkhScript(hash));
  return {
    kind,
    script,
    witness: true,
    unlock: (site) => ({ scriptSig, witness: [ecdsaSigner(site, 'witnessV0', p2pkhScript(hash)).sign(key), bytes] }),
  };
};

/** Hash of an annex as BIP-341 signs it. */
function annexHashOf(annex: Uint8Array | undefined): Uint8Array | undefined {
  if (annex === undefined) return undefined;
  return sha256(new ByteWriter(compactSizeLength(annex.length) + annex.length).varBytes(annex).finish());
}

/** Mostly none. */
function annexOf(site: SpendSite): Uint8Array | undefined {
  if (!site.chance.oneIn(5)) return undefined;
  return concatBytes(Uint8Array.of(ANNEX_TAG), site.chance.bytes(site.chance.below(60)));
}

function withAnnex(items: readonly Uint8Array[], annex: Uint8Array | undefined): Uint8Array[] {
  return annex === undefined ? [...items] : [...items, annex];
}

/** The private key behind a taproot output. */
function tweakedKey(
  { privateKey, compressed, xOnly }: TestKeys,
  root: Uint8Array | undefined,
  secp256k1: LockSource['secp256k1'],
): Uint8Array {
  const even = compressed[0] === 2 ? privateKey : secp256k1.negatePrivate(privateKey);
  const key = secp256k1.tweakPrivate(even, taptweakHash(xOnly, root));
  if (key === undefined) throw new Error('no tweaked key');
  return key;
}

const taprootKey: MakeLock = ({ chance, keys, secp256k1 }) => {
  const internal = chance.pick(keys);
  const root = chance.oneIn(3) ? chance.bytes(32) : undefined;
  const output = taprootOutputKey(secp256k1, internal.xOnly, root);
  if (output === undefined) return undefined;
  return {
    kind: 'P2TR by key',
    script: p2trScript(output.key),
    witness: true,
    unlock: (site) => {
      const annex = annexOf(site);
      const privateKey = tweakedKey(site.flaw?.otherKey === true ? (keys[0] as TestKeys) : internal, root, secp256k1);
      const context = { annexHash: annexHashOf(annex), tapleafHash: undefined, codeSeparatorPosition: 0xffffffff };
      return { scriptSig: EMPTY, witness: withAnnex([schnorr(site, privateKey, context)], annex) };
    },
  };
};

/** Versions of leaves that have no rules yet: whatever is there is valid. */
const UNKNOWN_LEAF_VERSIONS: readonly number[] = [0xc2, 0x66, 0xfe, 0x00];

const taprootScript: MakeLock = (source) => {
  const { chance, keys, secp256k1 } = source;
  const program = chooseProgram(source, 'tapscript');
  const known = !chance.oneIn(10);
  const version = known ? TAPSCRIPT_LEAF_VERSION : chance.pick(UNKNOWN_LEAF_VERSIONS);
  const internal = chance.pick(keys).xOnly;
  const leaf = tapleafHash(version, program.script);
  const depth = chance.oneIn(30) ? 128 : chance.below(4);
  const path = concatBytes(...Array.from({ length: depth }, () => chance.bytes(32)));
  const base = concatBytes(Uint8Array.of(version), internal, path);
  const output = taprootOutputKey(secp256k1, internal, taprootMerkleRoot(base, leaf));
  if (output === undefined) return undefined;
  const control = concatBytes(Uint8Array.of(version | output.parity), internal, path);
  return {
    kind: known ? `P2TR by script ${program.kind}` : 'P2TR by an unknown leaf',
    script: p2trScript(output.key),
    witness: true,
    ...needsOf(program),
    unlock: (site) => {
      const annex = annexOf(site);
      const items = program.solve(site, tapscriptSigner(site, { tapleafHash: leaf, annexHash: annexHashOf(annex) }));
      return { scriptSig: EMPTY, witness: withAnnex([...items, program.script, control], annex) };
    },
  };
};

/** A branch of two real leaves, so that a path is of hashes that mean something. */
const taprootPair: MakeLock = (source) => {
  const { chance, keys, secp256k1 } = source;
  const programs = [chooseProgram(source, 'tapscript'), chooseProgram(source, 'tapscript')] as const;
  const leaves = programs.map(({ script }) => tapleafHash(TAPSCRIPT_LEAF_VERSION, script)) as [Uint8Array, Uint8Array];
  const internal = chance.pick(keys).xOnly;
  const output = taprootOutputKey(secp256k1, internal, tapbranchHash(...leaves));
  if (output === undefined) return undefined;
  const chosen = chance.below(2) as 0 | 1;
  const program = programs[chosen];
  const control = concatBytes(Uint8Array.of(TAPSCRIPT_LEAF_VERSION | output.parity), internal, leaves[1 - chosen] as Uint8Array);
  return {
    kind: `P2TR by one of two ${program.kind}`,
    script: p2trScript(output.key),
    witness: true,
    ...needsOf(program),
    unlock: (site) => {
      const items = program.solve(site, tapscriptSigner(site, { tapleafHash: leaves[chosen], annexHash: undefined }));
      return { scriptSig: EMPTY, witness: [...items, program.script, control] };
    },
  };
};

/** Witness programs without rules: of later versions, or of version 1 and another length than taproot's. */
const unknownWitness: MakeLock = (source) => {
  const { chance } = source;
  const version = chance.between(1, 16);
  const length = chance.between(2, 40);
  if (version === 1 && length === 32) return undefined;
  const program = witnessProgramScript(version, chance.oneIn(4) ? Uint8Array.of(0x4e, 0x73) : chance.bytes(length));
  const { kind, script, scriptSig } = nestedOrNot(source, 'an unknown witness', program);
  return { kind, script, witness: false, unlock: () => ({ scriptSig, witness: [] }) };
};

/** Version 1 with 32 bytes, but in P2SH: taproot's rules do not hold there. */
const nestedTaproot: MakeLock = ({ chance }) => {
  const program = witnessProgramScript(1, chance.bytes(32));
  return {
    kind: 'nested P2TR',
    script: p2shScript(hash160(program)),
    witness: false,
    unlock: () => ({ scriptSig: encodePush(program), witness: [] }),
  };
};

/** Version 0 of a length that is neither of the two: nobody can spend it. */
const brokenWitness: MakeLock = ({ chance }) => {
  const script = witnessProgramScript(0, chance.bytes(chance.pick([2, 19, 21, 31, 33, 40])));
  return { kind: 'version 0 of a wrong length', script, witness: true, unlock: () => ({ scriptSig: EMPTY, witness: [chance.bytes(2)] }) };
};

const LOCKS: readonly { readonly weight: number; readonly make: MakeLock }[] = [
  { weight: 10, make: bare },
  { weight: 10, make: scriptHash },
  { weight: 12, make: witnessScriptHash },
  { weight: 4, make: keyHash },
  { weight: 5, make: witnessKeyHash },
  { weight: 6, make: taprootKey },
  { weight: 12, make: taprootScript },
  { weight: 3, make: taprootPair },
  { weight: 2, make: unknownWitness },
  { weight: 1, make: nestedTaproot },
  { weight: 1, make: brokenWitness },
];

/** An output by chance. */
export function chooseLock(source: LockSource): Lock {
  for (;;) {
    const lock = source.chance.weighted(LOCKS).make(source);
    if (lock !== undefined) return lock;
  }
}

/** Anyone can spend it, with nothing. */
export const OPEN_LOCK: Lock = {
  kind: 'anyone',
  script: Uint8Array.of(OP.OP_1),
  witness: false,
  unlock: () => ({ scriptSig: EMPTY, witness: [] }),
};

const FLEXIBLE_SCRIPT = Uint8Array.of(OP.OP_DROP, OP.OP_1);

/** Anyone can spend it with an item of any size, so that a witness is as long as a test wants. */
export const FLEXIBLE_LOCK: Lock = {
  kind: 'P2WSH dropped item',
  script: p2wshScript(sha256(FLEXIBLE_SCRIPT)),
  witness: true,
  unlock: () => ({ scriptSig: EMPTY, witness: [EMPTY, FLEXIBLE_SCRIPT] }),
};

/** An output script that holds data and no coin; no longer than every release relays. */
export function dataScript(chance: Chance): Uint8Array {
  return chance.oneIn(3) ? Uint8Array.of(OP.OP_RETURN) : nullDataScript(chance.bytes(chance.below(79)));
}
