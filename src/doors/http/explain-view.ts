/**
 * Verdicts as JSON, for the REST interface and for the command line, which shows the same.
 *
 * @module
 */

import { toHex } from '../../core/base/bytes.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { CutBytes, ExplainedStep, Explanation, Position, Refused, ScriptTrace, StackView } from '../../engine/ports/explanation.ts';
import { type Static, Type } from '../schema.ts';

const CLOSED = { additionalProperties: false };

const BYTES = Type.Object(
  {
    size: Type.Integer({ description: 'How many bytes there are.' }),
    hex: Type.String({ description: 'The first of them, perhaps all.' }),
  },
  CLOSED,
);

const STACK = Type.Object(
  {
    count: Type.Integer({ description: 'How many elements it has.' }),
    top: Type.Array(BYTES, { description: 'The topmost of them, the top last.' }),
  },
  CLOSED,
);

const STEP = Type.Object(
  {
    role: Type.String({ description: 'scriptSig, scriptPubKey, redeemScript, witnessScript or tapscript.' }),
    offset: Type.Integer({ description: 'Where the operation begins in its script, in bytes.' }),
    position: Type.Integer({ description: 'Which operation of its script it is, from 0.' }),
    opcode: Type.String({ description: "Bitcoin Core's name; PUSH for pushes of 1 to 75 bytes." }),
    data: Type.Optional(BYTES),
    executed: Type.Boolean({ description: 'False in a branch that was not taken.' }),
    stack: STACK,
    altStack: STACK,
    error: Type.Optional(Type.String()),
  },
  CLOSED,
);

const PREVOUT = Type.Object({ txid: Type.String(), index: Type.Integer() }, CLOSED);

const SCRIPT = Type.Object(
  {
    input: Type.Integer(),
    prevout: PREVOUT,
    value: Type.String({ description: 'Base units of the spent output, as decimal text.' }),
    scriptPubKey: BYTES,
    flags: Type.Array(Type.String(), { description: 'The rules that the scripts were held to.' }),
    error: Type.String({ description: "Bitcoin Core's name of the error, without its prefix." }),
    text: Type.String({ description: "Bitcoin Core's sentence for it." }),
    stepCount: Type.Integer({ description: 'How many operations ran; `steps` has the last of them.' }),
    steps: Type.Array(STEP),
    end: Type.Optional(STACK),
  },
  CLOSED,
);

const POSITION = Type.Object(
  {
    transaction: Type.Optional(Type.Integer({ description: 'Which transaction of the block, from 0.' })),
    txid: Type.Optional(Type.String()),
    input: Type.Optional(Type.Integer()),
    output: Type.Optional(Type.Integer()),
    prevout: Type.Optional(PREVOUT),
  },
  CLOSED,
);

const REJECTION = Type.Object(
  {
    kind: Type.String({ description: 'What follows from it: consensus, mutated, header, premature, policy and so on.' }),
    reason: Type.String({ description: "Bitcoin Core's word." }),
    rule: Type.String({ description: 'What is wrong, in a sentence.' }),
    source: Type.String({ description: 'BIP, CVE or function of Bitcoin Core in which the rule stands.' }),
    blame: Type.Enum(['maker', 'sender', 'nobody'], { description: 'Who has done wrong.' }),
    position: POSITION,
    detail: Type.Any({ description: 'An object of figures and words that go with the reason; amounts are decimal text.' }),
    validInBlock: Type.Optional(Type.Boolean({ description: 'Whether the scripts hold under the rules of blocks, which ask for less.' })),
    script: Type.Optional(SCRIPT),
  },
  CLOSED,
);

export const EXPLANATION = Type.Object(
  {
    kind: Type.Enum(['transaction', 'block']),
    id: Type.String({ description: 'The txid or the hash of the block.' }),
    accepted: Type.Boolean({ description: 'Whether it breaks no rule that could be looked at.' }),
    checked: Type.Optional(
      Type.Array(Type.String(), { description: 'Rules of these stages hold: alone, header, context, coins, scripts.' }),
    ),
    unchecked: Type.Optional(Type.String({ description: 'Why others were not looked at.' })),
    rejection: Type.Optional(REJECTION),
  },
  CLOSED,
);

/** An explanation as JSON. */
export type ExplanationJson = Static<typeof EXPLANATION>;

function bytesView({ sizeBytes, bytes }: CutBytes): Static<typeof BYTES> {
  return { size: sizeBytes, hex: toHex(bytes) };
}

function stackView({ count, top }: StackView): Static<typeof STACK> {
  return { count, top: top.map(bytesView) };
}

function prevoutView({ txid, vout }: OutPoint): Static<typeof PREVOUT> {
  return { txid: toDisplayHex(txid), index: vout };
}

function stepView({ role, offset, position, opcode, data, executed, stack, altStack, error }: ExplainedStep): Static<typeof STEP> {
  return {
    ...{ role, offset, position, opcode, executed },
    ...(data === undefined ? {} : { data: bytesView(data) }),
    stack: stackView(stack),
    altStack: stackView(altStack),
    ...(error === undefined ? {} : { error }),
  };
}

function scriptView(trace: ScriptTrace): Static<typeof SCRIPT> {
  const { inputIndex, prevout, value, scriptPubKey, flags, error, text, stepCount, steps, end } = trace;
  return {
    input: inputIndex,
    prevout: prevoutView(prevout),
    value: value.toString(),
    scriptPubKey: bytesView(scriptPubKey),
    flags: [...flags],
    ...{ error, text, stepCount },
    steps: steps.map(stepView),
    ...(end === undefined ? {} : { end: stackView(end) }),
  };
}

function positionView({ txid, prevout, ...numbers }: Position): Static<typeof POSITION> {
  return {
    ...numbers,
    ...(txid === undefined ? {} : { txid: toDisplayHex(txid) }),
    ...(prevout === undefined ? {} : { prevout: prevoutView(prevout) }),
  };
}

function rejectionView({ kind, reason, rule, source, blame, position, detail, validInBlock, script }: Refused): Static<typeof REJECTION> {
  const plain = Object.entries(detail).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]);
  return {
    ...{ kind, reason, rule, source, blame },
    position: positionView(position),
    detail: Object.fromEntries(plain),
    ...(validInBlock === undefined ? {} : { validInBlock }),
    ...(script === undefined ? {} : { script: scriptView(script) }),
  };
}

/** An explanation for those who ask from outside. */
export function explanationView(explanation: Explanation): ExplanationJson {
  const { kind, verdict } = explanation;
  const id = toDisplayHex(explanation.kind === 'transaction' ? explanation.txid : explanation.hash);
  if (!verdict.accepted) return { kind, id, accepted: false, rejection: rejectionView(verdict) };
  const { checked, unchecked } = verdict;
  return { kind, id, accepted: true, checked: [...checked], ...(unchecked === undefined ? {} : { unchecked }) };
}
