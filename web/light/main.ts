/**
 * The client and the document joined: what the reader does goes to the client, what the client tells goes to the page. The one file of the page
 * that touches the document.
 *
 * @module
 */

import { type BrowserLightClient, deleteIndexedDatabase, NodeError, openLightClient, parsePeerUrls } from 'quoin/light';
import { loadNetworkFile, type NetworkParams } from 'quoin/params';
import type { Markup } from './html.ts';
import { type Birthday, checkSettings, decodeSettings, encodeSettings, linesOf, type Settings, SettingsError } from './settings.ts';
import { afterEvent, emptyState, type PageState, problemText, withPeers } from './state.ts';
import { balanceView, logView, paymentsView, peersView, statusText, stepsView, watchedView } from './view.ts';

/** Where the node describes its network, beside this page. */
const NETWORK_PATH = 'light/network.json';

/** Parts of the page that are made anew from what is known. */
const VIEWS: Readonly<Record<string, (state: PageState) => Markup>> = {
  balance: balanceView,
  steps: stepsView,
  payments: paymentsView,
  peers: peersView,
  watched: watchedView,
  log: logView,
};

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const area = (id: string): HTMLTextAreaElement => element(id, HTMLTextAreaElement);
const input = (id: string): HTMLInputElement => element(id, HTMLInputElement);
const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);

/** The node that this page came from. */
function servingNode(): string {
  const url = new URL('p2p', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  return url.href;
}

/** The addresses by which a client names its nodes. @throws NodeError `option-invalid` */
function addressesOf(nodes: readonly string[]): readonly string[] {
  return parsePeerUrls(nodes).map(({ address: { host, port } }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`));
}

/** The page as long as it is open. */
class LightPage {
  readonly #params: NetworkParams;
  readonly #shown = new Map<string, string>();
  #state: PageState;
  #opened: BrowserLightClient | undefined;
  /** What opening and closing are under way, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #drawing = false;

  constructor(params: NetworkParams) {
    this.#params = params;
    this.#state = emptyState(params.name, 'ready');
  }

  get #database(): string {
    const start = Array.from(this.#params.messageStart, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `quoin-light-${this.#params.name}-${start}`;
  }

  /** Shows the page, and goes on where the reader left it running. */
  begin(): void {
    const kept = decodeSettings(localStorage.getItem(this.#database));
    const settings = kept ?? { watch: [], nodes: [servingNode()], birthday: '', keep: true, running: false };
    area('watch').value = settings.watch.join('\n');
    area('nodes').value = settings.nodes.join('\n');
    input('birthday').value = settings.birthday;
    input('keep').checked = settings.keep;
    element('settings', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#inTurn(() => this.#start());
    });
    button('stop').addEventListener('click', () => this.#inTurn(() => this.#stop()));
    this.#askBeforeReset();
    this.#leaveInOrder();
    if (settings.running) this.#inTurn(() => this.#start());
    this.#draw();
  }

  #askBeforeReset(): void {
    const dialog = element('confirm', HTMLDialogElement);
    button('reset').addEventListener('click', () => {
      dialog.returnValue = '';
      dialog.showModal();
    });
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'reset') this.#inTurn(() => this.#reset());
    });
  }

  /** A page that is left writes what it has not written yet; one that the browser brings back goes on. */
  #leaveInOrder(): void {
    addEventListener('pagehide', () => void this.#close().catch(() => undefined));
    addEventListener('pageshow', (event) => {
      if (event.persisted && this.#settings().running) this.#inTurn(() => this.#start());
    });
  }

  #inTurn(action: () => Promise<void>): void {
    this.#turn = this.#turn.then(action).catch((error: unknown) => this.#failed(error));
  }

  #settings(): Settings {
    const kept = decodeSettings(localStorage.getItem(this.#database));
    return {
      ...{ watch: linesOf(area('watch').value), nodes: linesOf(area('nodes').value) },
      ...{ birthday: input('birthday').value.trim(), keep: input('keep').checked, running: kept?.running ?? false },
    };
  }

  /** Opens the client anew with what stands in the form. What can be seen to be wrong there leaves a client running that does. */
  async #start(): Promise<void> {
    const settings = this.#settings();
    try {
      const choices = { birthday: checkSettings(settings), addresses: addressesOf(settings.nodes) };
      await this.#open(settings, choices.birthday, choices.addresses);
    } catch (error) {
      if (!(error instanceof SettingsError || (error instanceof NodeError && error.code === 'option-invalid'))) throw error;
      this.#show({ ...this.#state, problem: error.message });
    }
  }

  async #open(settings: Settings, birthday: Birthday | undefined, addresses: readonly string[]): Promise<void> {
    const before = decodeSettings(localStorage.getItem(this.#database));
    await this.#close();
    this.#show({ ...emptyState(this.#params.name, 'opening'), log: this.#state.log });
    if (before !== undefined && before.birthday !== settings.birthday) await deleteIndexedDatabase(this.#database);
    this.#opened = await openLightClient({
      ...{ params: this.#params, peers: settings.nodes, watch: settings.watch },
      ...(birthday !== undefined && { birthday }),
      ...(settings.keep && { database: this.#database }),
      onEvent: (event) => this.#show(afterEvent(this.#state, event, Math.floor(Date.now() / 1_000))),
      onFailure: (error) => this.#failed(error),
    });
    localStorage.setItem(this.#database, encodeSettings({ ...settings, running: true }));
    const state = withPeers(this.#state, addresses, new Set(this.#opened.client.bans().keys()));
    this.#show({ ...state, peers: new Map([...state.peers, ...this.#state.peers]), phase: 'running' });
    element('choices', HTMLDetailsElement).open = false;
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }

  async #stop(): Promise<void> {
    this.#keepRunning(false);
    await this.#close();
    this.#show({ ...this.#state, phase: 'ready', peers: new Map() });
  }

  async #reset(): Promise<void> {
    await this.#close().catch(() => undefined);
    await deleteIndexedDatabase(this.#database);
    localStorage.removeItem(this.#database);
    area('watch').value = '';
    this.#show(emptyState(this.#params.name, 'ready'));
  }

  #keepRunning(running: boolean): void {
    const kept = decodeSettings(localStorage.getItem(this.#database));
    if (kept !== undefined) localStorage.setItem(this.#database, encodeSettings({ ...kept, running }));
  }

  /** Says what went wrong, and ends the client: nothing more can be promised. */
  #failed(error: unknown): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.close().catch(() => undefined);
    this.#show({ ...this.#state, phase: 'failed', problem: problemText(error), peers: new Map() });
  }

  /** Takes in what is known now. Drawn once for all that comes before the next frame. */
  #show(state: PageState): void {
    this.#state = state;
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    this.#readClient();
    const { phase, problem } = this.#state;
    for (const [id, view] of Object.entries(VIEWS)) this.#put(id, view(this.#state));
    element('status', HTMLParagraphElement).textContent = statusText(this.#state);
    element('network', HTMLSpanElement).textContent = this.#state.network;
    const alert = element('problem', HTMLDivElement);
    alert.hidden = problem === '';
    if (alert.textContent !== problem) alert.textContent = problem;
    button('start').disabled = phase === 'opening';
    button('start').textContent = phase === 'running' ? 'Apply' : 'Start';
    button('stop').disabled = phase !== 'running';
    button('reset').disabled = phase === 'opening';
    document.documentElement.dataset.phase = phase;
    document.documentElement.dataset.done = String(this.#state.findings.progress.done);
  }

  #readClient(): void {
    if (this.#opened === undefined) return;
    const { client } = this.#opened;
    const { bytesReceived } = client.traffic();
    const findings = {
      progress: client.progress(),
      balance: client.balance(),
      payments: client.payments(),
      watched: client.watched(),
      bytesReceived,
    };
    this.#state = { ...this.#state, findings };
  }

  /** Only what has changed is put into the document: what the reader marks or scrolls stays. */
  #put(id: string, { markup }: Markup): void {
    if (this.#shown.get(id) === markup) return;
    this.#shown.set(id, markup);
    element(id, HTMLDivElement).innerHTML = markup;
  }
}

async function openPage(): Promise<void> {
  const answer = await fetch(NETWORK_PATH);
  if (!answer.ok) throw new Error(`The node does not say which network this is (${answer.status}). Load the page again.`);
  new LightPage(loadNetworkFile(await answer.text())).begin();
}

openPage().catch((error: unknown) => {
  const alert = element('problem', HTMLDivElement);
  alert.hidden = false;
  alert.textContent = problemText(error);
});
