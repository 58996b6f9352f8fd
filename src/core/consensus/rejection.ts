/**
 * What a refusal means for the one who sent it, apart from the rule that was broken. Core's `TxValidationResult` and
 * `BlockValidationResult`.
 *
 * `consensus`: invalid for ever. `mutated`: these bytes are not what the hash stands for; the honest ones may be valid.
 * `header`: the header breaks a rule. `time-future`: may be valid later. `missing-prev`, `missing-inputs`: we lack what comes before.
 * `invalid-prev`: builds on an invalid block. `premature`: not yet final or mature. `conflict`: with what we hold already.
 * `policy`: valid, but not relayed. `policy-reconsiderable`: the same, but a child may pay for it.
 */
export type RejectionKind =
  | 'consensus'
  | 'mutated'
  | 'header'
  | 'time-future'
  | 'missing-prev'
  | 'invalid-prev'
  | 'missing-inputs'
  | 'premature'
  | 'conflict'
  | 'policy'
  | 'policy-reconsiderable';

/** A broken rule, as a value. */
export interface Rejection<Reason extends string = string> {
  readonly kind: RejectionKind;
  /** Core's word for it, for instance `bad-txns-vin-empty`. */
  readonly reason: Reason;
  /** Where and with what; sentences are made where they are shown. */
  readonly detail?: Readonly<Record<string, string | number | bigint>>;
}

/** Makes a rejection. */
export function reject<Reason extends string>(kind: RejectionKind, reason: Reason, detail?: Rejection['detail']): Rejection<Reason> {
  return detail === undefined ? { kind, reason } : { kind, reason, detail };
}
