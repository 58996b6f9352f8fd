/**
 * A headless Chromium that a test drives: pages are opened, clicked, asked and loaded anew. It can reach nothing but this machine.
 *
 * It is spoken to over two pipes, in the DevTools protocol: one JSON object after another, each ended by a zero byte.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CHROMIUM_FLAGS, chromiumPath } from './chromium.ts';
import { eventually } from './eventually.ts';
import { endAfterTests, temporaryFolder } from './quoin-process.ts';

/** Longest that one call waits: the machine may be busy. */
const CALL_MS_MAX = 60_000;

type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

/** How a page is shown in a picture. */
export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

/** A browser with a profile of its own, which is gone with the test. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pages = new Map<string, BrowserPage>();
  #lastId = 0;
  #text = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    const [, , , , output] = process.stdio as unknown as [null, null, null, Writable, Readable];
    output.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser has ended'));
      this.#waiting.clear();
    });
    endAfterTests(() => process.kill('SIGKILL'));
  }

  /** Starts it. */
  static async open(): Promise<Browser> {
    const profile = join(temporaryFolder('browser'), 'profile');
    const args = [...CHROMIUM_FLAGS, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'];
    const child = spawn(chromiumPath() as string, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    return new Browser(child);
  }

  #read(text: string): void {
    const parts = (this.#text + text).split('\0');
    this.#text = parts.pop() ?? '';
    for (const part of parts) this.#answered(JSON.parse(part) as Answer);
  }

  #answered({ id, sessionId, method, params = {}, result = {}, error }: Answer): void {
    if (id === undefined) {
      if (method !== undefined) this.#pages.get(sessionId ?? '')?.told(method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /** Calls a method of the protocol. */
  call(method: string, params: Fields = {}, sessionId?: string, deadlineMs: number = CALL_MS_MAX): Promise<Fields> {
    const id = ++this.#lastId;
    const message = { id, method, params, ...(sessionId !== undefined && { sessionId }) };
    const input = this.#process.stdio[3] as Writable;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer within ${deadlineMs} ms`)), deadlineMs).unref();
      const settled = <T>(then: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          clearTimeout(late);
          then(value);
        };
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      input.write(`${JSON.stringify(message)}\0`);
    });
  }

  /** Opens a page in a tab of its own. */
  async page(url: string): Promise<BrowserPage> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(this, String(sessionId), String(targetId));
    this.#pages.set(String(sessionId), page);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.call(`${domain}.enable`);
    await page.open(url);
    return page;
  }

  /** Ends it and waits. */
  async close(): Promise<void> {
    const ended = this.#process.exitCode === null && this.#process.signalCode === null ? once(this.#process, 'exit') : undefined;
    this.call('Browser.close').catch(() => undefined);
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

/** One tab. */
export class BrowserPage {
  /** What the page complained of: errors nobody caught, lines of the console, what its policy forbids. */
  readonly complaints: string[] = [];
  /** Everything that it asked for over HTTP. */
  readonly requests: string[] = [];
  readonly #browser: Browser;
  readonly #sessionId: string;
  readonly #targetId: string;
  #loaded = 0;

  constructor(browser: Browser, sessionId: string, targetId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
    this.#targetId = targetId;
  }

  /** Something happened in it. */
  told(method: string, params: Fields): void {
    if (method === 'Page.loadEventFired') this.#loaded++;
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
    if (method === 'Runtime.exceptionThrown') {
      const { text, exception } = params.exceptionDetails as { text: string; exception?: { description?: string } };
      this.complaints.push(exception?.description ?? text);
    }
    if (method === 'Log.entryAdded') {
      const { level, text } = params.entry as { level: string; text: string };
      if (level === 'error') this.complaints.push(text);
    }
  }

  call(method: string, params: Fields = {}, deadlineMs?: number): Promise<Fields> {
    return this.#browser.call(method, params, this.#sessionId, deadlineMs);
  }

  /** Goes to an address and waits until it is loaded. */
  async open(url: string): Promise<void> {
    const before = this.#loaded;
    await this.call('Page.navigate', { url });
    await eventually(`${url} is loaded`, () => this.#loaded > before);
  }

  /** Loads the page anew. */
  async reload(): Promise<void> {
    const before = this.#loaded;
    await this.call('Page.reload');
    await eventually('the page is loaded anew', () => this.#loaded > before);
  }

  /** The value of an expression in the page; a promise is waited for. @throws what it throws */
  async evaluate<T>(expression: string, deadlineMs?: number): Promise<T> {
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const answer = await this.call('Runtime.evaluate', params, deadlineMs);
    const details = answer.exceptionDetails as { text: string; exception?: { description?: string } } | undefined;
    if (details !== undefined) throw new Error(details.exception?.description ?? details.text);
    return (answer.result as { value: T }).value;
  }

  /** Waits until an expression is true in the page. */
  async until(what: string, expression: string, deadlineMs?: number): Promise<void> {
    try {
      await eventually(what, () => this.evaluate<boolean>(`(async () => Boolean(await (${expression})))()`), deadlineMs);
    } catch (error) {
      const shown = await this.text('main').catch(() => 'the page does not answer');
      throw new Error(`${(error as Error).message}: ${shown}\n${this.complaints.join('\n')}`, { cause: error });
    }
  }

  /** What a reader sees of an element. */
  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);
  }

  /** Puts text into a field, as if it were typed. */
  async fill(selector: string, text: string): Promise<void> {
    const field = `document.querySelector(${JSON.stringify(selector)})`;
    await this.evaluate(`${field}.value = ${JSON.stringify(text)}; ${field}.dispatchEvent(new Event('input', { bubbles: true }))`);
  }

  click(selector: string): Promise<void> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** A picture of the whole page as a PNG file. */
  async picture(path: string, { width, height, dark = false }: PictureOptions): Promise<void> {
    await this.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.call('Emulation.setEmulatedMedia', { features });
    const { data } = await this.call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
    writeFileSync(path, Buffer.from(String(data), 'base64'));
  }

  /** Closes the tab. */
  async close(): Promise<void> {
    await this.#browser.call('Target.closeTarget', { targetId: this.#targetId });
  }
}
