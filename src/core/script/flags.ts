/**
 * Verification flags: which rules a script is held to. Bit positions and names are Core's (`SCRIPT_VERIFY_…`).
 *
 * Rules are only ever added by soft forks: a script that is valid under a set of flags is valid under each of its subsets.
 * Which flags hold at a height is consensus' business, not this room's.
 *
 * @module
 */

/** The flags by name. `MANDATORY_FLAGS` are consensus today; the others are relay policy. */
export const FLAG = {
  /** Outputs that pay to the hash of a script run that script (BIP-16). */
  P2SH: 0x000001,
  /** Signatures must be DER with a known hash type, keys compressed or uncompressed (BIP-62 rule 1). */
  STRICTENC: 0x000002,
  /** Signatures must be DER (BIP-66). */
  DERSIG: 0x000004,
  /** The s of a signature must be at most half the group order (BIP-62 rule 5). */
  LOW_S: 0x000008,
  /** The element that OP_CHECKMULTISIG takes in excess must be empty (BIP-147). */
  NULLDUMMY: 0x000010,
  /** Input scripts must only push (BIP-62 rule 2). */
  SIGPUSHONLY: 0x000020,
  /** Pushes and numbers must be as short as can be (BIP-62 rules 3 and 4). */
  MINIMALDATA: 0x000040,
  /** OP_NOP1 and OP_NOP4 to OP_NOP10 are kept for soft forks. */
  DISCOURAGE_UPGRADABLE_NOPS: 0x000080,
  /** One element must be left on the stack (BIP-62 rule 6). Needs P2SH and WITNESS. */
  CLEANSTACK: 0x000100,
  /** BIP-65. */
  CHECKLOCKTIMEVERIFY: 0x000200,
  /** BIP-112. */
  CHECKSEQUENCEVERIFY: 0x000400,
  /** Witness programs are run (BIP-141). Needs P2SH. */
  WITNESS: 0x000800,
  /** Witness versions without rules are kept for soft forks. */
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 0x001000,
  /** The argument of OP_IF in witness v0 scripts must be empty or 1. */
  MINIMALIF: 0x002000,
  /** A signature that fails must be empty (BIP-146). */
  NULLFAIL: 0x004000,
  /** Keys in witness v0 scripts must be compressed. */
  WITNESS_PUBKEYTYPE: 0x008000,
  /** OP_CODESEPARATOR and signatures within their script are refused in scripts without witness. */
  CONST_SCRIPTCODE: 0x010000,
  /** BIP-341 and BIP-342. */
  TAPROOT: 0x020000,
  /** Leaf versions without rules are kept for soft forks. */
  DISCOURAGE_UPGRADABLE_TAPROOT_VERSION: 0x040000,
  /** Operation codes that make a tapscript valid at once are kept for soft forks. */
  DISCOURAGE_OP_SUCCESS: 0x080000,
  /** Keys of unknown size in tapscript are kept for soft forks. */
  DISCOURAGE_UPGRADABLE_PUBKEYTYPE: 0x100000,
} as const;

/** Name of a flag. */
export type FlagName = keyof typeof FLAG;

/** No rule but the language of 2009. */
export const NO_FLAGS = 0;

/** Flags of the rules of consensus as of today: what breaks one of them can never be in a block. Core's `MANDATORY_SCRIPT_VERIFY_FLAGS`. */
export const MANDATORY_FLAGS: number =
  FLAG.P2SH | FLAG.DERSIG | FLAG.NULLDUMMY | FLAG.CHECKLOCKTIMEVERIFY | FLAG.CHECKSEQUENCEVERIFY | FLAG.WITNESS | FLAG.TAPROOT;

/** Flags for transactions that are relayed and mined. Core's `STANDARD_SCRIPT_VERIFY_FLAGS`. */
export const STANDARD_FLAGS: number =
  MANDATORY_FLAGS |
  FLAG.STRICTENC |
  FLAG.MINIMALDATA |
  FLAG.DISCOURAGE_UPGRADABLE_NOPS |
  FLAG.CLEANSTACK |
  FLAG.MINIMALIF |
  FLAG.NULLFAIL |
  FLAG.LOW_S |
  FLAG.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  FLAG.WITNESS_PUBKEYTYPE |
  FLAG.CONST_SCRIPTCODE |
  FLAG.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION |
  FLAG.DISCOURAGE_OP_SUCCESS |
  FLAG.DISCOURAGE_UPGRADABLE_PUBKEYTYPE;

/** Names of the flags that are set, in alphabetical order. Core's `GetScriptFlagNames`. */
export function flagNames(flags: number): FlagName[] {
  const names = Object.keys(FLAG) as FlagName[];
  return names.filter((name) => (flags & FLAG[name]) !== 0).sort();
}

/** Flags of names with commas between them, as vectors and RPC write them; empty text and `NONE` are no flags. Undefined: a name is unknown. */
export function parseFlags(text: string): number | undefined {
  if (text === '' || text === 'NONE') return NO_FLAGS;
  let flags = NO_FLAGS;
  for (const name of text.split(',')) {
    if (!Object.hasOwn(FLAG, name)) return undefined;
    flags |= FLAG[name as FlagName];
  }
  return flags;
}
