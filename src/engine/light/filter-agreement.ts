import { bytesEqual, toHex } from '../../core/base/bytes.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { FILTER_CHECKPOINT_INTERVAL } from '../../core/wire/messages/cfcheckpt.ts';
import { FILTER_HASHES_PER_MESSAGE_MAX } from '../../core/wire/messages/cfheaders.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import type { FilterCheckpoints, KnownFilterHeader } from './filter-checkpoints.ts';
import { FilterClaims, type FilterHashes, sharedWith } from './filter-claims.ts';
import { type DisputeParts, type FilterClaim, FilterDispute } from './filter-dispute.ts';
import { FIRST_PREVIOUS_HEADER, type FilterHeaders } from './filter-headers.ts';
import type { FilterVerdict } from './judge-filters.ts';

/** Blocks whose verdicts are remembered; another dispute about an older one costs the block once more. */
const VERDICTS_MAX = 1_000;

/** Peers that stand for the same filter header at the end of a round, and what they say on the way there. */
interface Group {
  readonly header: Uint8Array;
  readonly peers: Peer[];
  answer: FilterHashes | undefined;
}

/** One step on: from the block after `after` up to `to`. */
interface Round {
  readonly after: HeaderNode | undefined;
  readonly to: HeaderNode;
  readonly claims: { readonly peer: Peer; readonly header: Uint8Array }[];
  waiting: number;
  groups: Group[];
}

/** What is agreed on is kept here, and begins there. */
export interface AgreementGround {
  readonly headers: FilterHeaders;
  readonly checkpoints: FilterCheckpoints;
  /** Whether a checkpoint that headers do not reach yet may still come to count. */
  readonly mayReach: () => boolean;
}

/** What others do about what is agreed on. */
export interface AgreementEvents {
  /** Filter headers are known further up than before. */
  agreed(): void;
  /** From this block on filters were not what was agreed on before: it is looked through again. */
  rewritten(from: HeaderNode): void;
  /** Nobody could be proved wrong about this block's filter: the block itself is to be looked through. */
  unsettled(node: HeaderNode): void;
}

/**
 * Which filter headers are the chain's, out of what several peers say.
 *
 * A filter header stands for the filters of all blocks up to its own. So peers are asked for one at the end of every step of at most 2,000
 * blocks: who says the same agrees in everything before, and the hashes in between are asked of one for all. Where they differ, each side is
 * asked for its hashes, the first block that they differ in is fetched and judged, and who is proved wrong is banned. What stays open is
 * looked through as a whole block; after it the sides differ in every header and perhaps in no filter more, so both are followed and their
 * hashes compared.
 *
 * A peer that comes later, or whose branch was another, is held against what was agreed on; if it differs, the way is gone back, ever further,
 * to where it does not, and forth again with it.
 *
 * Checkpoints are taken for true: below the last one that serves, filter headers are not asked for; every step ends at the next one, and whoever
 * stands for something else there has been proved a liar.
 */
export class FilterAgreement {
  readonly #parts: DisputeParts;
  readonly #headers: FilterHeaders;
  readonly #checkpoints: FilterCheckpoints;
  readonly #mayReach: () => boolean;
  readonly #events: AgreementEvents;
  readonly #claims: FilterClaims;
  /** Up to here is agreed; undefined: not even on the first block. */
  #agreed: HeaderNode | undefined;
  /** What each peer stands for there, of those that were heard. */
  readonly #bases = new Map<PeerId, Uint8Array>();
  /** What a peer said that made us go back: it must come to the same again. */
  readonly #accusations = new Map<PeerId, { readonly node: HeaderNode; readonly header: Uint8Array }>();
  /** Verdicts on filters of a block, by their hashes in hexadecimal. */
  readonly #verdicts = new Map<HashKey, Map<string, FilterVerdict>>();
  #round: Round | undefined;
  /** Blocks to go back at the next disagreement. */
  #stepBack = 1;
  /** Filters of blocks below this height are not looked at. */
  #neededFrom = 0;
  /** What is known further up is taken as it is, when it is reached. */
  #skipsKnown = false;
  /** The checkpoints that what was agreed on has been held against. */
  #heldAgainst: readonly KnownFilterHeader[] = [];

  constructor(parts: DisputeParts, { headers, checkpoints, mayReach }: AgreementGround, events: AgreementEvents) {
    this.#parts = parts;
    this.#headers = headers;
    this.#checkpoints = checkpoints;
    this.#mayReach = mayReach;
    this.#events = events;
    this.#claims = new FilterClaims(parts.context, parts.questions);
  }

  get agreed(): HeaderNode | undefined {
    return this.#agreed;
  }

  /** Whether peers that can be asked have all been heard about the best block. */
  get settled(): boolean {
    const { tip } = this.#parts.context.chain.active;
    if (this.#agreed !== tip || this.#round !== undefined) return false;
    for (const peer of this.#parts.context.filtering(tip)) if (!this.#bases.has(peer.id)) return false;
    return true;
  }

  /** Whether a peer has said what it stands for up to where filters are agreed on. */
  wasHeard({ id }: Peer): boolean {
    return this.#bases.has(id);
  }

  /** Begins where it had come to. */
  restore(agreed: HeaderNode | undefined): void {
    this.#agreed = agreed !== undefined && this.#headers.get(agreed) !== undefined ? agreed : undefined;
  }

  /** Filters are looked at from a height on. What lies below the last checkpoint before it need not be known. */
  setNeededFrom(height: number): void {
    if (height === this.#neededFrom) return;
    this.#neededFrom = height;
    if (this.#agreed !== undefined && this.#parts.context.chain.active.contains(this.#agreed) && !this.#isWhole()) this.#restart();
  }

  /** Whether filter headers are known from where they are needed up to where they are agreed on. */
  #isWhole(): boolean {
    const { active } = this.#parts.context.chain;
    const top = this.#agreed!.height;
    const bottom = Math.min(top, Math.max(0, this.#neededFrom - 1));
    for (let height = top; height >= bottom; height--) if (this.#headers.get(active.at(height)!) === undefined) return false;
    return true;
  }

  /** Begins at the last checkpoint before what is needed, or with the first block. What is known above a gap stays. */
  #restart(): void {
    this.#round = undefined;
    this.#bases.clear();
    this.#beginAt(this.#checkpoints.below(this.#neededFrom));
    this.#skipsKnown = true;
    this.#skipKnown();
  }

  #beginAt(checkpoint: KnownFilterHeader | undefined): void {
    this.#agreed = checkpoint?.node;
    if (checkpoint !== undefined) this.#headers.set(checkpoint.node, checkpoint.header);
  }

  /** Goes up as far as filter headers are known. @returns whether it went anywhere */
  #skipKnown(): boolean {
    const { active } = this.#parts.context.chain;
    const before = this.#agreed;
    const nextOf = (node: HeaderNode | undefined): HeaderNode | undefined => (node === undefined ? active.at(0) : active.next(node));
    for (let next = nextOf(before); next !== undefined && this.#headers.get(next) !== undefined; next = nextOf(next)) this.#agreed = next;
    return this.#agreed !== before;
  }

  gone(peer: Peer): void {
    this.#claims.gone(peer);
    this.#bases.delete(peer.id);
    this.#accusations.delete(peer.id);
    this.pump();
  }

  /** Goes on wherever it can: the chain, or who can be asked, has changed. */
  pump(): void {
    const { active } = this.#parts.context.chain;
    if (this.#round !== undefined && !active.contains(this.#round.to)) this.#round = undefined;
    if (this.#agreed !== undefined && !active.contains(this.#agreed)) this.#changeBranch();
    this.#useCheckpoints();
    while (this.#round === undefined && this.#begin()) {
      // A round that ended at once makes room for the next.
    }
  }

  /** On the new branch as much is agreed as was when it was left. */
  #changeBranch(): void {
    this.#agreed = this.#parts.context.chain.active.fork(this.#agreed!);
    this.#bases.clear();
    if (this.#isWhole()) this.#skipKnown();
    else this.#restart();
    this.#events.agreed();
  }

  /** Begins at a checkpoint that has come to count, and leaves what was agreed on against one. */
  #useCheckpoints(): void {
    const known = this.#checkpoints.onChain();
    if (known === this.#heldAgainst) return;
    this.#heldAgainst = known;
    const start = this.#checkpoints.below(this.#neededFrom);
    const height = this.#agreed?.height ?? -1;
    const isFalse = known.some(({ node, header }) => {
      const stored = node.height > height ? undefined : this.#headers.get(node);
      return stored !== undefined && !bytesEqual(stored, header);
    });
    if (!isFalse && (start === undefined || start.node.height <= height)) return;
    this.#round = undefined;
    this.#bases.clear();
    this.#beginAt(start);
    // What was agreed on is compared, block by block, on the way up.
    this.#skipsKnown = !isFalse;
    if (!isFalse) this.#skipKnown();
    this.#events.agreed();
  }

  /** What it proves of a peer that it stands for another filter header at a block; undefined where it proves nothing. */
  #lieAt(node: HeaderNode | undefined): 'filter-headers-broken' | 'filter-checkpoint' | undefined {
    if (node === undefined) return 'filter-headers-broken';
    return this.#checkpoints.of(node) === undefined ? undefined : 'filter-checkpoint';
  }

  /** @returns whether a round has begun that may be over already */
  #begin(): boolean {
    const { context } = this.#parts;
    const { active } = context.chain;
    const height = this.#agreed?.height ?? -1;
    if (this.#checkpoints.isAhead(this.#neededFrom) && this.#mayReach()) return false;
    let reach = -1;
    for (const peer of context.filtering(active.at(0)!)) reach = Math.max(reach, sharedWith(peer, active.tip)?.height ?? -1);
    const far = reach - height > FILTER_HASHES_PER_MESSAGE_MAX;
    let end = Math.min(reach, height + FILTER_HASHES_PER_MESSAGE_MAX);
    if (far) end -= end % FILTER_CHECKPOINT_INTERVAL;
    end = Math.min(end, this.#checkpoints.above(height)?.node.height ?? end);
    const isCheck = end <= height;
    const to = isCheck ? this.#agreed : active.at(end);
    if (to === undefined) return false;
    const asked = [...context.filtering(to)].filter((peer) => !isCheck || !this.#bases.has(peer.id));
    if (asked.length === 0) return false;
    const round: Round = { after: isCheck ? to : this.#agreed, to, claims: [], waiting: asked.length, groups: [] };
    this.#round = round;
    for (const peer of asked) {
      this.#claims.headerAt(peer, to, far, (header) => {
        if (header !== undefined) round.claims.push({ peer, header });
        round.waiting--;
        if (round.waiting === 0 && this.#round === round) this.#allClaimed(round);
      });
    }
    return true;
  }

  #end(): void {
    this.#round = undefined;
    this.pump();
  }

  #allClaimed(round: Round): void {
    if (round.after === round.to) {
      this.#check(round);
      return;
    }
    const groups = new Map<string, Group>();
    for (const { peer, header } of round.claims) {
      if (peer.leaving || this.#contradictsCheckpoint(peer, round.to, header)) continue;
      const group = groups.get(toHex(header));
      if (group === undefined) groups.set(toHex(header), { header, peers: [peer], answer: undefined });
      else group.peers.push(peer);
    }
    round.groups = [...groups.values()];
    if (round.groups.length === 0) this.#end();
    else for (const group of round.groups) this.#askHashes(round, group);
  }

  /** Whether a peer stands for something else than is known, so that it is let go. */
  #contradictsCheckpoint(peer: Peer, node: HeaderNode, header: Uint8Array): boolean {
    const known = this.#checkpoints.of(node);
    if (known === undefined || bytesEqual(known.header, header)) return false;
    this.#parts.context.disconnect(peer, 'filter-checkpoint');
    return true;
  }

  /** Peers that were not heard yet say what they stand for at the last block that is agreed. */
  #check({ claims, to }: Round): void {
    const ours = this.#headers.get(to);
    let differs = false;
    for (const { peer, header } of claims) {
      if (ours !== undefined && bytesEqual(header, ours)) this.#bases.set(peer.id, header);
      else if (!this.#contradictsCheckpoint(peer, to, header)) {
        differs = true;
        this.#accuse(peer, to, header);
      }
    }
    if (differs) this.#goBack();
    this.#end();
  }

  #accuse(peer: Peer, node: HeaderNode, header: Uint8Array): void {
    if (!this.#accusations.has(peer.id)) this.#accusations.set(peer.id, { node, header });
  }

  /** Somebody's filters differ further down. What is known already stays until that is judged. */
  #goBack(): void {
    const height = (this.#agreed?.height ?? -1) - this.#stepBack;
    const floor = this.#checkpoints.below(this.#agreed?.height ?? 0);
    const node = this.#parts.context.chain.active.at(height);
    this.#stepBack *= 2;
    this.#bases.clear();
    this.#skipsKnown = false;
    // What is not known was passed over for a checkpoint: of an earlier run, if it is none any more.
    const isBelow = node === undefined || node.height <= (floor?.node.height ?? -1) || this.#headers.get(node) === undefined;
    if (isBelow) this.#beginAt(floor);
    else this.#agreed = node;
  }

  #askHashes(round: Round, group: Group): void {
    // The end that they stand for is the same: a slow one of them holds nobody up.
    const peer = this.#parts.questions.quickest(group.peers.filter(({ leaving }) => !leaving));
    if (peer === undefined) {
      round.groups = round.groups.filter((each) => each !== group);
      this.#goOn(round);
      return;
    }
    const from = this.#parts.context.chain.active.at((round.after?.height ?? -1) + 1)!;
    this.#claims.hashes(peer, from, round.to, (answer) => {
      if (this.#round !== round) return;
      if (answer === undefined) this.#askHashes(round, group);
      else if (!bytesEqual(answer.headers.at(-1)!, group.header)) {
        this.#parts.context.disconnect(peer, 'filter-headers-broken');
        this.#askHashes(round, group);
      } else {
        group.answer = answer;
        this.#goOn(round, peer);
      }
    });
  }

  #headerBefore({ after }: Round): Uint8Array {
    return after === undefined ? FIRST_PREVIOUS_HEADER : this.#headers.get(after)!;
  }

  /** Looks at what all sides say as soon as it is here. @param teller - whose answer has just come */
  #goOn(round: Round, teller?: Peer): void {
    if (round.groups.length === 0) {
      this.#end();
      return;
    }
    if (round.groups.some(({ answer }) => answer === undefined)) return;
    const before = this.#headerBefore(round);
    for (const { answer, peers } of round.groups) {
      const isKnown = peers.some((peer) => bytesEqual(this.#bases.get(peer.id) ?? before, answer!.previousHeader));
      if (isKnown) continue;
      const lie = this.#lieAt(round.after);
      if (lie === undefined) {
        this.#accuse(peers.find((each) => each === teller) ?? peers[0]!, round.after!, answer!.previousHeader);
        this.#goBack();
      } else {
        // The header that they all stand for is made of what one of them has told.
        for (const peer of peers) this.#parts.context.disconnect(peer, lie);
      }
      this.#end();
      return;
    }
    if (this.#breaksItsWord(round)) this.#end();
    else this.#compare(round);
  }

  /** Lets go who made us go back for what it does not say any more. @returns whether anybody did */
  #breaksItsWord(round: Round): boolean {
    let broke = false;
    const first = (round.after?.height ?? -1) + 1;
    for (const { peers, answer } of round.groups) {
      for (const peer of peers) {
        const accusation = this.#accusations.get(peer.id);
        if (accusation === undefined || accusation.node.height > round.to.height || accusation.node.height < first) continue;
        this.#accusations.delete(peer.id);
        const says = answer!.headers[accusation.node.height - first]!;
        const { active } = this.#parts.context.chain;
        if (!active.contains(accusation.node) || bytesEqual(says, accusation.header)) continue;
        this.#parts.context.disconnect(peer, 'filter-headers-broken');
        broke = true;
      }
    }
    return broke;
  }

  /** The first block that the sides differ in, or that differs from what was agreed on before, and was not judged. */
  #compare(round: Round): void {
    const { active } = this.#parts.context.chain;
    const first = (round.after?.height ?? -1) + 1;
    const primary = this.#primary(round);
    for (let height = first; height <= round.to.height; height++) {
      const at = height - first;
      const node = active.at(height)!;
      const claims = claimsAt(round, at);
      const stored = this.#headers.get(node);
      const isNews = stored !== undefined && !bytesEqual(stored, primary.answer!.headers[at]!);
      if (claims.size === 1 && !isNews) continue;
      const verdicts = this.#verdicts.get(hashKey(node.hash));
      if (verdicts === undefined || [...claims.keys()].some((key) => !verdicts.has(key))) {
        new FilterDispute(this.#parts, node, [...claims.values()], (told) => this.#judged(round, node, claims, told)).start();
        return;
      }
      if (this.#banRefuted(round, claims, verdicts)) {
        this.#goOn(round);
        return;
      }
      if (isNews) {
        // All after it follow from another filter than those that were looked at.
        this.#headers.clearFrom(node);
        this.#events.rewritten(node);
      }
    }
    this.#finish(round, primary);
  }

  /** The side whose headers are kept: that which goes on from what is agreed, and of several that which says what was agreed before. */
  #primary(round: Round): Group {
    const before = this.#headerBefore(round);
    const following = round.groups.filter(({ answer }) => bytesEqual(answer!.previousHeader, before));
    const first = (round.after?.height ?? -1) + 1;
    for (let height = round.to.height; following.length > 1 && height >= first; height--) {
      const stored = this.#headers.get(this.#parts.context.chain.active.at(height)!);
      if (stored === undefined) continue;
      const same = following.find(({ answer }) => bytesEqual(answer!.headers[height - first]!, stored));
      if (same !== undefined) return same;
    }
    return following[0] ?? round.groups[0]!;
  }

  #judged(round: Round, node: HeaderNode, claims: ReadonlyMap<string, FilterClaim>, told: ReadonlyMap<string, FilterVerdict>): void {
    const key = hashKey(node.hash);
    const verdicts = this.#verdicts.get(key) ?? new Map<string, FilterVerdict>();
    for (const [claim, verdict] of told) verdicts.set(claim, verdict);
    this.#verdicts.set(key, verdicts);
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > VERDICTS_MAX && oldest !== undefined) this.#verdicts.delete(oldest);
    const isOpen = [...verdicts.values()].filter((each) => each === 'open').length > 1;
    // With one claim alone it stands against what was agreed on before, which nobody is here to stand for.
    if (isOpen || claims.size === 1) this.#events.unsettled(node);
    if (this.#round !== round) return;
    this.#banRefuted(round, claims, verdicts);
    // Whose filter nobody sent has left.
    round.groups = round.groups.filter(({ peers }) => peers.some(({ leaving }) => !leaving));
    this.#goOn(round);
  }

  /** @returns whether anybody stood for what was proved wrong */
  #banRefuted(round: Round, claims: ReadonlyMap<string, FilterClaim>, verdicts: ReadonlyMap<string, FilterVerdict>): boolean {
    let found = false;
    for (const [key, { peers }] of claims) {
      if (verdicts.get(key) !== 'refuted') continue;
      found = true;
      for (const peer of peers) this.#parts.context.disconnect(peer, 'filter-false');
      round.groups = round.groups.filter((group) => !group.peers.some((peer) => peers.includes(peer)));
    }
    return found;
  }

  #finish(round: Round, { answer, peers }: Group): void {
    const { active } = this.#parts.context.chain;
    const first = (round.after?.height ?? -1) + 1;
    // Without anybody left who goes on from what is agreed, the sides are another history of the same filters.
    const before = this.#headerBefore(round);
    if (!bytesEqual(answer!.previousHeader, before)) {
      this.#accuse(peers[0]!, round.after!, answer!.previousHeader);
      this.#goBack();
      this.#end();
      return;
    }
    for (const [i, header] of answer!.headers.entries()) this.#headers.set(active.at(first + i)!, header);
    this.#agreed = round.to;
    this.#stepBack = 1;
    this.#bases.clear();
    const skipped = this.#skipsKnown && this.#skipKnown();
    for (const { header, peers: each } of skipped ? [] : round.groups) {
      for (const peer of each) if (!peer.leaving) this.#bases.set(peer.id, header);
    }
    this.#events.agreed();
    this.#end();
  }
}

/** What the sides say of one block, by the hash in hexadecimal. */
function claimsAt({ groups }: Round, at: number): Map<string, FilterClaim> {
  const claims = new Map<string, { hash: Uint8Array; peers: Peer[] }>();
  for (const { answer, peers } of groups) {
    const hash = answer!.hashes[at]!;
    const claim = claims.get(toHex(hash));
    if (claim === undefined) claims.set(toHex(hash), { hash, peers: [...peers] });
    else claim.peers.push(...peers);
  }
  return claims;
}
