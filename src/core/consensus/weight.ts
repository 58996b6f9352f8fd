/** A stripped byte weighs as much as this many witness bytes (BIP-141); Core's name for it. */
export const WITNESS_SCALE_FACTOR = 4;
