/**
 * Limits that every script keeps to. Core's `script/script.h` and `script/interpreter.h`.
 *
 * @module
 */

/** Most bytes of one stack element, unless an OP_SUCCESS makes the script valid before it is run. */
export const SCRIPT_ELEMENT_SIZE_MAX = 520;

/** Most operations, pushes apart, in a script that is not tapscript; a multisignature's keys count as operations. */
export const SCRIPT_OPS_MAX = 201;

/** Most bytes of a script that is not tapscript; a longer output script can never be spent. */
export const SCRIPT_SIZE_MAX = 10_000;

/** Most elements on the main and the alternative stack together. */
export const STACK_ELEMENTS_MAX = 1_000;

/** Most public keys of OP_CHECKMULTISIG; also what one counts as where its number of keys cannot be seen. */
export const MULTISIG_KEYS_MAX = 20;

/** Most bytes of a number that is calculated with; results may be one byte longer but cannot be used as numbers again. */
export const SCRIPT_NUMBER_SIZE_MAX = 4;

/** Most bytes of a lock time or a sequence taken from the stack: they are unsigned 32 bits (BIP-65, BIP-112). */
export const LOCK_NUMBER_SIZE_MAX = 5;

/** Lock times below are block heights, from here on seconds since 1970. */
export const LOCK_TIME_THRESHOLD = 500_000_000;

/** What each signature that is checked in tapscript costs of the input's budget (BIP-342). */
export const VALIDATION_WEIGHT_PER_SIGNATURE = 50;

/** What the budget has beyond the size of the witness (BIP-342). */
export const VALIDATION_WEIGHT_OFFSET = 50;
