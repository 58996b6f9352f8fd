import { bytesEqual } from '../../core/base/bytes.ts';
import { checkHeader } from '../../core/consensus/check-header.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../../core/wire/messages/headers.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { buildLocator } from '../chain/header-tree.ts';
import type { PresyncEnd } from './header-presync.ts';
import { COMMITMENT_PERIOD, COMMITMENTS_MAX, HeaderPresync } from './header-presync.ts';
import type { Peer, PresyncPass } from './peer.ts';
import type { PeerContext } from './peer-context.ts';

/** A branch is of interest if it has the work of our tip less that of so many blocks. Core's value. */
export const NEAR_TIP_BLOCKS = 144;

/** Headers that a chain can have in a second: each is later than the median of the eleven before it, so six have passed by then. */
const HEADERS_PER_SECOND_MAX = 6;

/** Most headers of any chain that is looked at: as many as there is room to remember. */
const HEADERS_MAX: number = COMMITMENT_PERIOD * COMMITMENTS_MAX;

/** Work below which headers are not kept. Core's `GetAntiDoSWorkThreshold`. */
export function workThreshold(tip: HeaderNode, { minimumChainWork }: NetworkParams): bigint {
  const near = tip.chainWork - BigInt(NEAR_TIP_BLOCKS) * blockWork(tip.header.bits);
  return near > minimumChainWork ? near : minimumChainWork;
}

/**
 * Most headers that a chain from `start` can need to show the work.
 *
 * Where nothing retargets, as many as the missing work takes. Where it does, a chain can be as easy as it likes but not older than its
 * time: six headers for each second since the start. Core's bound. Where a network's time is the chain's own, there is no such limit.
 */
export function headersToShow(start: HeaderNode, requiredWork: bigint, nowSeconds: number, params: NetworkParams): number {
  const { pow, futureTime } = params.consensus;
  if (pow.retarget === 'none') {
    const each = blockWork(pow.bits);
    const count = (requiredWork - start.chainWork + each - 1n) / each;
    return count < HEADERS_MAX ? Number(count) : HEADERS_MAX;
  }
  if (futureTime.kind === 'chain') return HEADERS_MAX;
  const seconds = Math.max(0, nowSeconds + futureTime.maxSeconds - start.medianTimeSeconds);
  return Math.min(HEADERS_PER_SECOND_MAX * seconds, HEADERS_MAX);
}

/** What is to be done with headers that came. */
export interface Screened {
  /** To be handed to the tree. */
  readonly headers: readonly BlockHeader[];
  /** What to ask next with; undefined where these passes ask for nothing more. */
  readonly locator?: readonly BlockHash[];
  /** Nothing is to be made of what did not go to the tree: `low` says nothing of the sender, `broken` and `invalid` do. */
  readonly verdict?: 'low' | 'broken' | 'invalid';
}

/**
 * Keeps headers of too little work out of the tree: those go through `HeaderPresync` before they are kept.
 *
 * A header costs about 1 microsecond on the first pass and 2.5 on the second, besides being read and hashed (3; `bench header-presync`), and
 * a peer at most a million bytes.
 */
export class LowWork {
  readonly #context: PeerContext;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Whether these are the ones that a pass waits for. */
  continues(peer: Peer, first: BlockHeader): boolean {
    const { pass } = peer.headers;
    return pass !== undefined && bytesEqual(first.prevBlockHash, pass.presync.last);
  }

  /** Whether a block that nobody asked for would bring a header of too little work into the tree. */
  refuses(header: BlockHeader): boolean {
    const { tree, active } = this.#context.chain;
    const parent = tree.get(header.prevBlockHash);
    if (parent === undefined || tree.get(header.hash) !== undefined) return false;
    return parent.chainWork + blockWork(header.bits) < workThreshold(active.tip, this.#context.params);
  }

  /**
   * Sorts headers that follow one another; the first follows a header of the tree or continues a pass.
   *
   * @param headers - at least one
   */
  screen(peer: Peer, headers: readonly BlockHeader[]): Screened {
    const { pass } = peer.headers;
    if (pass !== undefined && this.continues(peer, headers[0]!)) {
      return this.#showsItsWork(headers) ? this.#continue(peer, pass, headers, isFull(headers)) : { headers: [], verdict: 'invalid' };
    }
    peer.headers.pass = undefined;
    const { tree, active } = this.#context.chain;
    const firstNew = headers.findIndex(({ hash }) => tree.get(hash) === undefined);
    const start = firstNew < 0 ? undefined : tree.get(headers[firstNew]!.prevBlockHash);
    const threshold = workThreshold(active.tip, this.#context.params);
    if (start === undefined || start.chainWork >= threshold || peer.permissions.has('noban')) return { headers };
    // Work that is claimed and not shown would open the door to the headers before it.
    if (!this.#showsItsWork(headers)) return { headers: [], verdict: 'invalid' };
    const fresh = headers.slice(firstNew);
    if (start.chainWork + claimedWork(fresh) >= threshold) return { headers };
    if (!isFull(headers)) return { headers: [], verdict: 'low' };
    return this.#begin(peer, start, threshold, fresh);
  }

  #begin(peer: Peer, start: HeaderNode, requiredWork: bigint, headers: readonly BlockHeader[]): Screened {
    const { params, random } = this.#context;
    const { hash, height, chainWork, header } = start;
    const presync = new HeaderPresync({
      start: { hash, height, chainWork, bits: header.bits },
      requiredWork,
      headersMax: headersToShow(start, requiredWork, this.#context.nowSeconds(), params),
      pow: params.consensus.pow,
      salt: random.bytes(16),
      offset: random.below(COMMITMENT_PERIOD),
    });
    const pass = { presync, startLocator: buildLocator(start), startedAtMs: this.#context.nowMs() };
    peer.headers.pass = pass;
    this.#context.log.debug('header-presync', { peer: peer.id, height });
    // What the tree had of the message already does not make it any less full.
    return this.#continue(peer, pass, headers, true);
  }

  #continue(peer: Peer, { presync, startLocator }: PresyncPass, headers: readonly BlockHeader[], full: boolean): Screened {
    const { proven, end } = presync.take(headers, full);
    if (end === undefined) {
      const locator = bytesEqual(presync.last, startLocator[0]!) ? startLocator : [presync.last, ...startLocator];
      return { headers: proven, locator };
    }
    peer.headers.pass = undefined;
    const { height, memoryBytes } = presync;
    this.#context.log.debug('header-presync-over', { peer: peer.id, end, height, memoryBytes });
    const verdict = VERDICTS[end];
    return verdict === undefined ? { headers: proven } : { headers: proven, verdict };
  }

  #showsItsWork(headers: readonly BlockHeader[]): boolean {
    const { consensus } = this.#context.params;
    return headers.every((header) => checkHeader(header, consensus) === undefined);
  }
}

const VERDICTS: Readonly<Record<PresyncEnd, 'low' | 'broken' | undefined>> = {
  proven: undefined,
  'too-little-work': 'low',
  broken: 'broken',
};

function claimedWork(headers: readonly BlockHeader[]): bigint {
  let work = 0n;
  for (const { bits } of headers) work += blockWork(bits);
  return work;
}

function isFull(headers: readonly BlockHeader[]): boolean {
  return headers.length === HEADERS_PER_MESSAGE_MAX;
}
