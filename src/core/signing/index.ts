/**
 * Signing inputs with keys that are handed in, putting signatures together, and signed messages.
 *
 * Owns which keys and scripts an output needs, what a partly signed input already has, and the form of its answer. Does not own where keys
 * are kept (wallet) or what a signature commits to (script). Begin with sign-transaction.ts, then produce-signature.ts.
 *
 * @module
 */

export { KeyRing } from './key-ring.ts';
export { type InputProblem, inputMerger, inputSigner } from './sign-transaction.ts';
export { isSignedBy, signMessage } from './signed-message.ts';
export { type KeyCoin, SingleKey, type SpendChanges } from './single-key.ts';
