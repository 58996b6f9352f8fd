/**
 * Where two answers may differ, each with its reason.
 *
 * @module
 */

/** A difference that is meant. */
export interface Reason {
  /** Of which method. */
  readonly method: RegExp;
  readonly ours: RegExp;
  readonly theirs: RegExp;
  readonly why: string;
}

/** Texts of two answers without what both releases word differently: each line says why. */
const WORDS: readonly (readonly [what: RegExp, as: string, why: string])[] = [
  [
    /(block|mempool|mandatory|non-mandatory)-script-verify-flag(-failed)?/,
    'script-verify-flag-failed',
    'Core 31 says for blocks and mempools apart what 29 had one word for',
  ],
  [/Script number overflowed or is non-minimally encoded/, 'unknown error', 'Core 30 began to name it'],
];

/** Every difference that is meant. */
export const REASONS: readonly Reason[] = [
  {
    method: /^submitblock$/,
    ours: /^"bad-txns-inputs-missingorspent"$/,
    theirs: /^"bad-txns-BIP30"$/,
    why: 'where every coinbase says its height a repeated transaction has nothing to spend: ours leaves the look-up of BIP-30 out',
  },
  {
    method: /./,
    ours: /^"script-verify-flag-failed \(Operation not valid with the current stack size\)"$/,
    theirs: /^"script-verify-flag-failed \(Invalid OP_IF construction\)"$/,
    why: 'Core 31 says of an OP_IF without its argument what it says of any operation (its script_tests.json)',
  },
  {
    method: /^testmempoolaccept$/,
    ours: /^"bad-txns-nonstandard-inputs"$/,
    theirs: /^"bad-txns-input-/,
    why: 'Knots says more exactly which input is not standard',
  },
  {
    method: /^testmempoolaccept$/,
    ours: /^"bad-witness-nonstandard"$/,
    theirs: /^"bad-witness-/,
    why: 'Knots says more exactly which witness is not standard',
  },
  {
    method: /^testmempoolaccept$/,
    ours: /./,
    theirs: /^"bad-txns-vout-script-toolarge"$/,
    why: 'Knots relays no output script over 34 bytes, nor what spends one',
  },
  {
    method: /^testmempoolaccept$/,
    ours: /^"(allowed|script-verify)/,
    theirs: /\((Invalid Taproot control block size|Push value size limit exceeded|OP_IF\/NOTIF argument must be minimal in tapscript)\)"$/,
    why: 'Knots relays scripts by rules of its own: short paths, short pushes, no OP_IF in tapscript',
  },
  { method: /^testmempoolaccept$/, ours: /^"TRUC-violation"$/, theirs: /^"truc-/, why: 'Core 31 has one word for what is against BIP-431' },
  {
    method: /^testmempoolaccept$/,
    ours: /^"replacement-failed"$/,
    theirs: /^"insufficient fee"$/,
    why: 'Core 31 compares diagrams of fees where releases before asked for a higher fee rate',
  },
  {
    method: /^testmempoolaccept$/,
    ours: /^"(allowed|too-large-cluster)"$/,
    theirs: /^"too-long-mempool-chain"$/,
    why: 'Core 31 limits clusters where releases before limited ancestors and descendants',
  },
];

/** An answer as text, in the words of today. */
export function shown(answer: unknown): string {
  let text = answer === undefined ? 'nothing' : JSON.stringify(answer);
  for (const [what, as] of WORDS) text = text.replace(what, as);
  return text;
}

/** Whether two answers are the same, or why they may differ; false where nothing explains it. */
export function explain(method: string, ours: unknown, theirs: unknown): true | Reason | false {
  const texts = [shown(ours), shown(theirs)] as const;
  if (texts[0] === texts[1]) return true;
  return REASONS.find((reason) => reason.method.test(method) && reason.ours.test(texts[0]) && reason.theirs.test(texts[1])) ?? false;
}
