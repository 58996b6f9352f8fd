import { LiveLines, type Output } from './terminal.ts';

/** Where a node speaks: lines one after another, and on a terminal a last line that is kept up to date. */
export class NodeConsole {
  /** Whether there is a last line that can be kept up to date. */
  readonly isLive: boolean;
  readonly #output: Output;
  readonly #live: LiveLines | undefined;
  #isMuted = false;
  #isGone = false;

  constructor(output: Output, options: { readonly isLive: boolean }) {
    this.#output = output;
    this.isLive = options.isLive;
    this.#live = options.isLive ? new LiveLines(output) : undefined;
  }

  /** A line for the log's short form. */
  readonly logLine = (line: string): void => {
    if (!this.#isMuted) this.line(line);
  };

  /** A line. */
  line(line: string): void {
    if (this.#isGone) return;
    if (this.#live === undefined) this.#output.write(`${line}\n`);
    else this.#live.print(line);
  }

  /** The last line, replaced; nothing where the output is no terminal. */
  status(line: string | undefined): void {
    if (this.#isGone) return;
    if (line === undefined) this.#live?.clear();
    else this.#live?.show([line]);
  }

  /** What is logged meanwhile goes to the file alone: it is said here in other words. */
  silently(action: () => void): void {
    this.#isMuted = true;
    action();
    this.#isMuted = false;
  }

  /** Nobody reads any more: the node goes on without a word. */
  fallSilent(): void {
    this.#isGone = true;
  }
}
