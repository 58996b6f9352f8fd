import { DISCONNECT_REASONS, type LightBalance, type LightEvent, type LightPayment, type LightProgress } from 'quoin/light';
import { toDisplayHex } from 'quoin/primitives';
import { formatChange, formatCount, plural, shortHash } from './format.ts';

/** How the page is. */
export type Phase = 'loading' | 'ready' | 'opening' | 'running' | 'failed';

/** What is known of a node. */
export interface PeerRow {
  /** `host:port`. */
  readonly address: string;
  readonly status: 'calling' | 'connected' | 'gone' | 'liar';
  /** What it calls itself. */
  readonly userAgent: string;
  /** Whether it serves filters; undefined as long as it has not said. */
  readonly filters: boolean | undefined;
  /** Why it is gone, or how it was proved a liar. */
  readonly why: string;
}

/** Something that happened. */
export interface LogLine {
  readonly timeSeconds: number;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
}

/** Blocks that were fetched since the client was opened. */
export interface FetchedBlocks {
  readonly count: number;
  readonly last: { readonly hash: string; readonly height: number; readonly payments: number } | undefined;
}

/** What the client says of itself. */
export interface Findings {
  readonly progress: LightProgress;
  readonly balance: LightBalance;
  readonly payments: readonly LightPayment[];
  readonly watched: readonly string[];
  readonly bytesReceived: number;
}

/** All that the page shows. */
export interface PageState {
  readonly network: string;
  readonly phase: Phase;
  /** What went wrong, for the reader. */
  readonly problem: string;
  readonly findings: Findings;
  readonly peers: ReadonlyMap<string, PeerRow>;
  readonly blocks: FetchedBlocks;
  /** The last ones, the newest first. */
  readonly log: readonly LogLine[];
}

/** Lines of the log that are kept. */
export const LOG_LINES_MAX = 200;

const NO_FINDINGS: Findings = {
  progress: { headers: 0, filterHeaders: -1, scanned: -1, peers: 0, done: false },
  balance: { confirmed: 0n, unconfirmed: 0n, immature: 0n },
  ...{ payments: [], watched: [], bytesReceived: 0 },
};

/** A page that knows nothing yet. */
export function emptyState(network: string, phase: Phase): PageState {
  const blocks = { count: 0, last: undefined };
  return { ...{ network, phase, blocks }, problem: '', findings: NO_FINDINGS, peers: new Map(), log: [] };
}

/** A reason as a sentence, where it is one of those that have a meaning. */
export function reasonText(why: string): string {
  if (Object.hasOwn(DISCONNECT_REASONS, why)) return DISCONNECT_REASONS[why as keyof typeof DISCONNECT_REASONS].meaning;
  return why === '' ? '' : `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}

/** What an error says to the reader. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== 'DescriptorError') return error.message;
  return `Not everything can be watched: ${error.message}. Write an address of this network, a descriptor or an output script in hexadecimal.`;
}

/** Nodes before they have answered, those that were proved liars before among them. */
export function withPeers(state: PageState, addresses: readonly string[], liars: ReadonlySet<string>): PageState {
  const rows = addresses.map((address): [string, PeerRow] => {
    const isLiar = liars.has(address);
    const why = isLiar ? 'It was proved a liar earlier, and is not called for a day.' : '';
    return [address, { address, status: isLiar ? 'liar' : 'calling', userAgent: '', filters: undefined, why }];
  });
  return { ...state, peers: new Map(rows) };
}

function withPeer(state: PageState, address: string, change: Partial<PeerRow>): PageState {
  const known = state.peers.get(address) ?? { address, status: 'calling', userAgent: '', filters: undefined, why: '' };
  return { ...state, peers: new Map(state.peers).set(address, { ...known, ...change }) };
}

/** What an event changes besides the log. */
function changed(state: PageState, event: LightEvent): PageState {
  switch (event.kind) {
    case 'peer-ready':
      return withPeer(state, event.address, { status: 'connected', userAgent: event.userAgent, filters: event.filters, why: '' });
    case 'peer-gone': {
      // A liar stays one when its connection has ended.
      if (state.peers.get(event.address)?.status === 'liar') return state;
      return withPeer(state, event.address, { status: 'gone', why: reasonText(event.why) });
    }
    case 'peer-banned':
      return withPeer(state, event.address, { status: 'liar', why: reasonText(event.why) });
    case 'block-fetched': {
      const last = { hash: toDisplayHex(event.hash), height: event.height, payments: event.payments };
      return { ...state, blocks: { count: state.blocks.count + 1, last } };
    }
    default:
      return state;
  }
}

type Line = Omit<LogLine, 'timeSeconds'>;

function judgedLine(height: number, refuted: number, open: number): Line {
  const block = `block ${formatCount(height)}`;
  if (refuted > 0 && open <= 1)
    return { text: `The ${block} itself proved ${plural(refuted, 'claim')} about its filter false.`, tone: 'bad' };
  return { text: `The ${block} does not tell who is right about its filter, so the block itself was looked through.`, tone: 'plain' };
}

function paymentLine({ txid, amount, place }: LightPayment): Line {
  const what = `Payment ${shortHash(toDisplayHex(txid))} of ${formatChange(amount)}`;
  if (place === undefined) return { text: `${what} is in no block: it waits.`, tone: 'plain' };
  return { text: `${what} is proven: it is in block ${formatCount(place.height)}.`, tone: 'good' };
}

/** An event in plain words; undefined for those that only move numbers. */
export function logLine(event: LightEvent): Line | undefined {
  switch (event.kind) {
    case 'peer-ready':
      return { text: `${event.address} answers${event.filters ? '' : ', but serves no filters'}.`, tone: event.filters ? 'plain' : 'bad' };
    case 'peer-gone':
      return { text: `${event.address} is gone. ${reasonText(event.why)}`, tone: 'plain' };
    case 'peer-banned':
      return { text: `${event.address} is proved a liar and called no more for a day. ${reasonText(event.why)}`, tone: 'bad' };
    case 'filters-disputed': {
      const text = `Nodes stand for ${event.claims} different filters of block ${formatCount(event.height)}: the block is fetched to judge.`;
      return { text, tone: 'bad' };
    }
    case 'filters-judged':
      return judgedLine(event.height, event.refuted, event.open);
    case 'block-fetched': {
      const found = event.payments === 0 ? 'nothing of yours is in it' : `it has ${plural(event.payments, 'payment')} of yours`;
      return { text: `Block ${formatCount(event.height)} was fetched and is what its header stands for; ${found}.`, tone: 'plain' };
    }
    case 'payment':
      return paymentLine(event.payment);
    case 'reorganised':
      return { text: `A branch with more work took over: blocks above ${formatCount(event.height)} were left.`, tone: 'bad' };
    default:
      return undefined;
  }
}

/** What the page knows after an event. */
export function afterEvent(state: PageState, event: LightEvent, timeSeconds: number): PageState {
  const after = changed(state, event);
  const line = logLine(event);
  if (line === undefined) return after;
  return { ...after, log: [{ ...line, timeSeconds }, ...after.log.slice(0, LOG_LINES_MAX - 1)] };
}
