import { bytesEqual } from '../../core/base/bytes.ts';
import type { SignalBranch } from '../../core/consensus/version-bits.ts';
import { deploymentStatusAt, VERSION_TOP_BITS } from '../../core/consensus/version-bits.ts';
import type { Deployment } from '../../core/params/types.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { MiningChain } from './chain-view.ts';

/** Whether a deployment is signalled in the period behind a block. */
interface Answer {
  readonly parent: BlockHash;
  readonly signals: boolean;
}

/** What the versions of new blocks say (BIP-9). Core's `ComputeBlockVersion` with its `VersionBitsCache`. */
export class BlockVersions {
  readonly #chain: Pick<MiningChain, 'tip' | 'blockAt'>;
  readonly #deployments: readonly Deployment[];
  /** The last answer for each: states change only where a period begins, and finding them out may look at every block. */
  readonly #answers = new Map<Deployment, Answer>();

  constructor(chain: Pick<MiningChain, 'tip' | 'blockAt'>, deployments: readonly Deployment[]) {
    this.#chain = chain;
    this.#deployments = deployments;
  }

  /** The version of a block on the tip: with the bit of each deployment that is started or locked in. */
  next(): number {
    let version = VERSION_TOP_BITS;
    for (const deployment of this.#deployments) if (this.#signals(deployment)) version |= 1 << deployment.bit;
    return version;
  }

  #signals(deployment: Deployment): boolean {
    const height = this.#chain.tip().height + 1;
    const start = height - (height % deployment.periodBlocks);
    if (start === 0) return false;
    const parent = this.#chain.blockAt(start - 1).hash;
    const known = this.#answers.get(deployment);
    if (known !== undefined && bytesEqual(known.parent, parent)) return known.signals;
    const branch: SignalBranch = (at) => this.#chain.blockAt(at);
    const { state } = deploymentStatusAt(height, branch, deployment);
    const signals = state === 'started' || state === 'locked_in';
    this.#answers.set(deployment, { parent, signals });
    return signals;
  }
}
