/**
 * What was said about a bitcoind: its command line and its files, with their sections, negations and precedence. Follows Bitcoin Core's
 * `ArgsManager` and `common/settings`.
 *
 * @module
 */

import type { KnownOption } from './catalog.ts';
import { type Given, isYes, wholeOf } from './values.ts';

/** What cannot be taken, in bitcoind's words. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** Values of each option in one place, in the order in which they stood. */
type Values = Map<string, Given[]>;

/** A line of a file: its section, empty at the top, its option and value. */
export interface FileEntry {
  readonly section: string;
  readonly name: string;
  readonly text: string;
}

/** Networks that have a switch of their own; `-chain=NAME` names any. */
const NETWORK_SWITCHES = ['regtest', 'signet', 'testnet', 'testnet4'] as const;

const TESTNET3 = 'test';

function add(values: Values, name: string, value: Given): void {
  const before = values.get(name);
  if (before === undefined) values.set(name, [value]);
  else before.push(value);
}

/** Name and value without a leading `no`, which negates; a negated no is a yes. @throws ArgumentError */
function interpret(known: ReadonlyMap<string, KnownOption>, name: string, text: string | undefined): readonly [string, Given] {
  if (!name.startsWith('no')) return [name, text ?? ''];
  const positive = name.slice(2);
  if (known.get(positive)?.negatable === false) {
    throw new ArgumentError(`Negating of -${positive} is meaningless and therefore forbidden`);
  }
  return [positive, text !== undefined && !isYes(text) ? '1' : false];
}

/** Of a list, what counts: what stands after the last negation. */
function afterNegation(values: readonly Given[]): readonly string[] {
  return values.slice(values.lastIndexOf(false) + 1) as readonly string[];
}

/** All that was said. */
export class Arguments {
  /** Words after the options: bitcoin-cli's method and its arguments. */
  readonly words: readonly string[];
  readonly #known: ReadonlyMap<string, KnownOption>;
  readonly #commandLine: Values = new Map();
  readonly #sections = new Map<string, Values>([['', new Map()]]);
  readonly #soft: Values = new Map();
  /** Names in files that no option has. */
  readonly unknown: string[] = [];

  /** Reads a command line. @throws ArgumentError for an unknown option */
  constructor(known: ReadonlyMap<string, KnownOption>, line: readonly string[]) {
    this.#known = known;
    let at = 0;
    for (; at < line.length; at++) {
      const word = line[at] as string;
      if (!word.startsWith('-') || word === '-') break;
      this.#addWord(word);
    }
    this.words = line.slice(at);
  }

  #addWord(word: string): void {
    const split = word.indexOf('=');
    const key = (split < 0 ? word : word.slice(0, split)).replace(/^--?/, '');
    const text = split < 0 ? undefined : word.slice(split + 1);
    const [name, value] = interpret(this.#known, key, text);
    if (!this.#known.has(name)) throw new ArgumentError(`Invalid parameter ${word}`);
    if (name === 'includeconf' && value !== false) {
      throw new ArgumentError(`-includeconf cannot be used from commandline; -includeconf="${value}"`);
    }
    add(this.#commandLine, name, value);
  }

  /** Takes what a file says. @throws ArgumentError */
  addFile(entries: readonly FileEntry[]): void {
    for (const entry of entries) {
      const [name, value] = interpret(this.#known, entry.name, entry.text);
      if (name === 'conf') {
        throw new ArgumentError(
          'conf cannot be set in the configuration file; use includeconf= if you want to include additional config files',
        );
      }
      if (!this.#known.has(name)) {
        this.unknown.push(entry.name);
        continue;
      }
      const values = this.#sections.get(entry.section) ?? new Map<string, Given[]>();
      this.#sections.set(entry.section, values);
      add(values, name, value);
    }
  }

  /** Files that are to be read too, of the network's section and of the top; none where the command line says `-noincludeconf`. */
  includes(chain: string): readonly string[] {
    if (this.#commandLine.has('includeconf')) return [];
    return [chain, ''].flatMap((section) => afterNegation(this.#sections.get(section)?.get('includeconf') ?? []));
  }

  /** The network that is meant. @throws ArgumentError where more than one is */
  chain(): string {
    const chosen = NETWORK_SWITCHES.filter((name) => this.#isChosen(name));
    const named = this.#chainValue('chain');
    if (chosen.length + (named === undefined ? 0 : 1) > 1) {
      throw new ArgumentError('Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.');
    }
    const [first] = chosen;
    if (first !== undefined) return first === 'testnet' ? TESTNET3 : first;
    return named === undefined || named === false ? 'main' : named;
  }

  /** Of the two places that may name a network, the command line counts first, and in each the last word. */
  #chainValue(name: string): Given | undefined {
    return this.#commandLine.get(name)?.at(-1) ?? this.#sections.get('')?.get(name)?.at(-1);
  }

  #isChosen(name: string): boolean {
    const value = this.#chainValue(name);
    return value !== undefined && value !== false && isYes(value);
  }

  /** The sources of an option on a network, what counts most first. In files the first word counts, on the command line the last. */
  #sources(name: string): readonly { readonly values: readonly Given[]; readonly firstCounts: boolean }[] {
    const chain = this.chain();
    const top = chain === 'main' || this.#known.get(name)?.networkOnly !== true ? this.#sections.get('')?.get(name) : undefined;
    return [
      { values: this.#commandLine.get(name) ?? [], firstCounts: false },
      { values: this.#sections.get(chain)?.get(name) ?? [], firstCounts: true },
      { values: top ?? [], firstCounts: true },
      { values: this.#soft.get(name) ?? [], firstCounts: false },
    ].filter(({ values }) => values.length > 0);
  }

  /** The one value that counts; undefined where nothing was said. */
  value(name: string): Given | undefined {
    const [source] = this.#sources(name);
    if (source === undefined) return undefined;
    const left = afterNegation(source.values);
    return (source.firstCounts ? left[0] : left.at(-1)) ?? false;
  }

  /** All values that count: what stands behind a negation in any source is gone. */
  list(name: string): readonly string[] {
    const found: string[] = [];
    for (const { values } of this.#sources(name)) {
      found.push(...afterNegation(values));
      if (values.includes(false)) break;
    }
    return found;
  }

  /** Whether anything was said. */
  has(name: string): boolean {
    return this.#sources(name).length > 0;
  }

  /** The text that counts; a negated option's is the fallback's place too. */
  text(name: string): string | undefined {
    const value = this.value(name);
    return value === false ? undefined : value;
  }

  switch(name: string, fallback: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return fallback;
    return value !== false && isYes(value);
  }

  whole(name: string, fallback: number): number {
    const value = this.value(name);
    if (value === undefined) return fallback;
    return value === false ? 0 : wholeOf(value);
  }

  /** What holds unless anything is said. */
  preset(name: string, value: Given): void {
    if (!this.has(name)) add(this.#soft, name, value);
  }

  /** Options that stand in a file where they do not count on this network: a mistake that would open the wrong port. */
  misplaced(): readonly string[] {
    const chain = this.chain();
    if (chain === 'main') return [];
    const top = this.#sections.get('') ?? new Map<string, Given[]>();
    const settled = (name: string): boolean => this.#commandLine.has(name) || this.#sections.get(chain)?.has(name) === true;
    return [...top.keys()].filter((name) => this.#known.get(name)?.networkOnly === true && !settled(name)).sort();
  }

  /** Names of options that something was said about, with their values. */
  said(): ReadonlyMap<string, Given> {
    const names = [...this.#known.keys()].filter((name) => this.has(name));
    return new Map(names.map((name) => [name, this.value(name) as Given]));
  }
}
