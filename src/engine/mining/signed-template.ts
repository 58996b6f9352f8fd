import type { SignetScriptCheck } from '../../core/consensus/check-signet-block.ts';
import { commitmentWithSolution, encodeSolution, signetScriptCheck } from '../../core/consensus/check-signet-block.ts';
import { NodeError } from '../ports/node-error.ts';
import type { BlockSigner } from './block-signer.ts';
import type { BlockTemplate, TemplateOptions } from './block-template.ts';
import { blockOfTemplate, createTemplate } from './block-template.ts';

/** Weight kept free besides for a solution: twenty signatures and keys take less. */
const SOLUTION_WEIGHT_WU = 12_000;

/** What a template is made with that can be mined on any network. */
export interface MinableOptions extends TemplateOptions {
  /** Satisfies the challenge of a signet. Without one a block is made as it is, which such a network refuses. */
  readonly signer?: BlockSigner | undefined;
}

/**
 * A template, on a signet with the solution of its challenge (BIP-325). Where the challenge asks for nothing the template is left as it is.
 *
 * @throws NodeError `option-invalid` where the keys do not satisfy the challenge
 */
export async function createMinableTemplate(options: MinableOptions): Promise<BlockTemplate> {
  const { signer, params } = options;
  const { signetChallenge } = params;
  if (signetChallenge === null || signer === undefined) return createTemplate(options);
  const template = await createTemplate({ ...options, extraWeightWu: SOLUTION_WEIGHT_WU });
  return signTemplate(template, signetChallenge, signer);
}

/**
 * A template with a solution. What is signed has the coinbase in it, and the time: nothing rolls over but the nonce, and who has tried every nonce
 * makes another template.
 */
function signTemplate(template: BlockTemplate, challenge: Uint8Array, signer: BlockSigner): BlockTemplate {
  const solves = (check: SignetScriptCheck | undefined): boolean => check !== undefined && signer.isSolved(check);
  if (solves(signetScriptCheck(blockOfTemplate(template), challenge))) return template;
  // What is signed has the mark of the solution already.
  const marked = signetScriptCheck(blockOfTemplate(withSolution(template, new Uint8Array())), challenge);
  const solution = marked === undefined ? undefined : signer.solve(marked);
  if (solution !== undefined) {
    const signed = withSolution(template, encodeSolution(solution));
    if (solves(signetScriptCheck(blockOfTemplate(signed), challenge))) return signed;
  }
  throw new NodeError(
    'option-invalid',
    "a block of this network must be signed by its challenge's keys, which this node does not have: name a file with them (--signet-key-file)",
  );
}

/** A template whose commitment, the last output, is followed by a solution. */
function withSolution(template: BlockTemplate, solution: Uint8Array): BlockTemplate {
  const last = template.coinbaseOutputs.length - 1;
  const coinbaseOutputs = template.coinbaseOutputs.map((output, index) =>
    index === last ? { ...output, scriptPubKey: commitmentWithSolution(output.scriptPubKey, solution) } : output,
  );
  return { ...template, coinbaseOutputs, timeSecondsMax: template.timeSeconds, signed: true };
}
