import { toDisplayHex } from 'quoin/primitives';
import { formatBytes, formatChange, formatClock, formatCoins, formatCount, formatTime, plural, shortHash } from './format.ts';
import { html, type Markup } from './html.ts';
import type { LogLine, PageState, PeerRow } from './state.ts';

/** Payments that are listed, the newest first. */
export const PAYMENTS_SHOWN_MAX = 200;

/** How the client is, in one sentence. */
export function statusText({ phase, findings, network, peers }: PageState): string {
  const { headers, scanned, done, peers: connected } = findings.progress;
  if (phase === 'loading') return 'Asking the node which network this is…';
  if (phase === 'ready') return `Ready to check the ${network} network for you.`;
  if (phase === 'opening') return 'Opening what this browser has kept…';
  if (phase === 'failed') return 'Stopped.';
  if (connected === 0) return peers.size > 0 ? 'Calling nodes…' : 'No node to call.';
  if (done) return `Up to date at block ${formatCount(headers)}.`;
  return scanned < 0
    ? `Checking headers: ${formatCount(headers)} so far…`
    : `Looking through the chain: block ${formatCount(scanned)} of ${formatCount(headers)}…`;
}

/** The sum, and how the client is. */
export function balanceView(state: PageState): Markup {
  const { confirmed, unconfirmed, immature } = state.findings.balance;
  const part = (name: string, amount: bigint): Markup => html`<div><dt>${name}</dt><dd>${formatCoins(amount)}</dd></div>`;
  return html`<p class="sum"><data id="confirmed" value="${confirmed}">${formatCoins(confirmed)}</data> <span class="unit">coins</span></p>
<dl class="parts">${part('waiting', unconfirmed)}${part('too young to spend', immature)}</dl>`;
}

type StepState = 'waiting' | 'working' | 'done';

interface Step {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly state: StepState;
  /** Part that is done, 0 to 1. */
  readonly share: number;
}

const STATE_WORDS: Readonly<Record<StepState, string>> = { waiting: 'waiting', working: 'under way', done: 'done' };

function stepState(active: boolean, share: number, settled: boolean): StepState {
  if (share >= 1 && settled) return 'done';
  return active ? 'working' : 'waiting';
}

/** The steps from headers to a proven payment. */
export function stepsOf({ phase, findings, blocks }: PageState): readonly Step[] {
  const { headers, filterHeaders, scanned, done } = findings.progress;
  const runs = phase === 'running';
  const share = (height: number): number => (height < 0 ? 0 : headers === 0 ? (done ? 1 : 0) : Math.min(1, height / headers));
  const comparedShare = share(filterHeaders);
  const matchedShare = share(scanned);
  const proven = findings.payments.filter(({ place }) => place !== undefined).length;
  const headersDone = done || (headers > 0 && filterHeaders >= headers);
  const fetched =
    blocks.last === undefined
      ? 'Only blocks that may concern you are fetched.'
      : `The last one was block ${formatCount(blocks.last.height)}.`;
  return [
    {
      ...{ id: 'headers', title: 'Headers checked', share: headersDone ? 1 : 0, state: stepState(runs, headersDone ? 1 : 0, runs) },
      detail: `${plural(headers, 'header')}, each with its proof of work and all rules of the network.`,
    },
    {
      ...{
        id: 'compared',
        title: 'Filters compared',
        share: comparedShare,
        state: stepState(runs && headers > 0, comparedShare, headersDone),
      },
      detail: `Nodes agree on the filters up to block ${formatCount(Math.max(0, filterHeaders))}; where they differ, the block judges.`,
    },
    {
      ...{
        id: 'matched',
        title: 'Filters matched',
        share: matchedShare,
        state: stepState(runs && filterHeaders >= 0, matchedShare, headersDone),
      },
      detail: `Looked through up to block ${formatCount(Math.max(0, scanned))} for ${plural(findings.watched.length, 'thing')} to watch.`,
    },
    {
      ...{ id: 'fetched', title: 'Blocks fetched', share: done ? 1 : 0, state: stepState(blocks.count > 0 && runs, done ? 1 : 0, runs) },
      detail: `${plural(blocks.count, 'block')} since this page was opened. ${fetched}`,
    },
    {
      ...{ id: 'proven', title: 'Payments proven', share: done ? 1 : 0, state: stepState(proven > 0 && runs, done ? 1 : 0, runs) },
      detail: `${plural(proven, 'payment')}, each in a block whose header carries the work.`,
    },
  ];
}

/** The list of steps. */
export function stepsView(state: PageState): Markup {
  const items = stepsOf(state).map(
    ({ id, title, detail, share, state: how }) => html`<li class="step ${how}" id="step-${id}">
<div class="step-head"><h3>${title}</h3><span class="badge ${how}">${STATE_WORDS[how]}</span></div>
<progress max="1" value="${share.toFixed(4)}" aria-label="${title}">${Math.floor(share * 100)} %</progress>
<p>${detail}</p></li>`,
  );
  return html`<ol class="steps">${items}</ol>`;
}

function empty(text: string): Markup {
  return html`<p class="empty">${text}</p>`;
}

/** What was paid, the newest first; what waits is in front. */
export function paymentsView({ findings, phase }: PageState): Markup {
  const { payments, progress } = findings;
  if (payments.length === 0)
    return empty(phase === 'running' && !progress.done ? 'Nothing found yet.' : 'Nothing was paid to or from what you watch.');
  const rows = payments
    .slice(-PAYMENTS_SHOWN_MAX)
    .reverse()
    .map(({ txid, amount, place }) => {
      const id = toDisplayHex(txid);
      const where =
        place === undefined
          ? html`<span class="badge waiting">waits</span>`
          : html`<span class="badge done">proven</span> <span class="where">block ${formatCount(place.height)}, ${plural(Math.max(1, progress.headers - place.height + 1), 'confirmation')}, <time>${formatTime(place.timeSeconds)}</time></span>`;
      return html`<li data-txid="${id}"><div class="row"><code title="${id}">${shortHash(id)}</code><span class="amount ${amount < 0n ? 'out' : 'in'}">${formatChange(amount)}</span></div><div class="row">${where}</div></li>`;
    });
  const more =
    payments.length > PAYMENTS_SHOWN_MAX
      ? html`<p class="empty">The last ${PAYMENTS_SHOWN_MAX} of ${formatCount(payments.length)}.</p>`
      : undefined;
  return html`<ul class="list">${rows}</ul>${more}`;
}

const PEER_WORDS: Readonly<Record<PeerRow['status'], string>> = {
  calling: 'calling',
  connected: 'connected',
  gone: 'gone',
  liar: 'proved a liar',
};
const PEER_BADGES: Readonly<Record<PeerRow['status'], string>> = { calling: 'working', connected: 'done', gone: 'waiting', liar: 'bad' };

function peerDetail({ filters, status, userAgent, why }: PeerRow): Markup {
  if (status !== 'connected') return html`${why}`;
  const hint = filters === false ? ' It serves no filters: its owner can start it with --index tx,script,filter.' : '';
  return html`Calls itself <q>${userAgent}</q>.${hint}`;
}

/** The nodes, those that were proved to lie named as such. */
export function peersView({ findings, peers, phase }: PageState): Markup {
  if (peers.size === 0) return empty('No node is called.');
  const rows = [...peers.values()].map(
    (
      peer,
    ) => html`<li data-address="${peer.address}" data-status="${peer.status}"><div class="row"><code>${peer.address}</code><span class="badge ${PEER_BADGES[peer.status]}">${PEER_WORDS[peer.status]}</span></div>
<p class="why">${peerDetail(peer)}</p></li>`,
  );
  const honest = [...peers.values()].filter(({ status }) => status === 'connected').length;
  const alone = 'With one node alone a payment can be hidden from you, though never forged. Name more, of different people.';
  return html`<ul class="list">${rows}</ul>${phase === 'running' && honest === 1 ? html`<p class="hint">${alone}</p>` : undefined}
<p class="hint">Received so far: <data id="received" value="${findings.bytesReceived}">${formatBytes(findings.bytesReceived)}</data>.</p>`;
}

/** What is watched, as it was said. */
export function watchedView({ findings }: PageState): Markup {
  if (findings.watched.length === 0) return html``;
  return html`<p class="hint">Watched until you reset:</p><ul class="watched">${findings.watched.map((text) => html`<li><code>${text}</code></li>`)}</ul>`;
}

/** What happened, the newest first. */
export function logView({ log }: PageState): Markup {
  if (log.length === 0) return empty('Nothing has happened yet.');
  const line = ({ text, timeSeconds, tone }: LogLine): Markup =>
    html`<li class="${tone}"><time>${formatClock(timeSeconds)}</time> <span>${text}</span></li>`;
  return html`<ol class="log">${log.map(line)}</ol>`;
}
