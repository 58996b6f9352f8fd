/** What the reader chose, as it stands in the form. */
export interface Settings {
  /** Addresses, descriptors and output scripts in hexadecimal. */
  readonly watch: readonly string[];
  /** Addresses of nodes. */
  readonly nodes: readonly string[];
  /** A height, a day, or nothing for the beginning of the chain. */
  readonly birthday: string;
  /** Whether what the client learns is kept in this browser. */
  readonly keep: boolean;
  /** Whether the client ran when the page was left. */
  readonly running: boolean;
}

/** From where on the chain is looked through. */
export type Birthday = { readonly height: number } | { readonly timeSeconds: number };

/** Something in the form makes no sense. The message is for the reader. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const LINES_MAX = 1_000;
const NODES_MAX = 64;
const HEIGHT_MAX = 0x7fffffff;

/** Lines that are not empty, each once. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))].slice(0, LINES_MAX);
}

/** A height, or a day by UTC; undefined for nothing. @throws SettingsError */
export function parseBirthday(text: string): Birthday | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const height = /^\d{1,10}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (height <= HEIGHT_MAX) return { height };
  const timeMs = /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? Date.parse(`${trimmed}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(timeMs)) throw new SettingsError(`"${trimmed}" is neither a height nor a day: write for instance 120000 or 2026-01-31.`);
  return { timeSeconds: Math.max(0, timeMs / 1_000) };
}

/** What can be seen to be wrong before anything is opened. @throws SettingsError */
export function checkSettings({ watch, nodes, birthday }: Settings): Birthday | undefined {
  if (watch.length === 0) throw new SettingsError('Say what to watch: an address, a descriptor or an output script.');
  if (nodes.length === 0) throw new SettingsError('Name at least one node; better several, of different people.');
  if (nodes.length > NODES_MAX) throw new SettingsError(`Name at most ${NODES_MAX} nodes.`);
  return parseBirthday(birthday);
}

/** Settings as text to keep. */
export function encodeSettings(settings: Settings): string {
  return JSON.stringify(settings);
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Settings that were kept; undefined where there are none or they make no sense. */
export function decodeSettings(text: string | null): Settings | undefined {
  let value: Partial<Record<keyof Settings, unknown>> | null;
  try {
    value = JSON.parse(text ?? 'null') as typeof value;
  } catch {
    return undefined;
  }
  const { watch, nodes, birthday, keep, running } = value ?? {};
  if (!isTexts(watch) || !isTexts(nodes) || typeof birthday !== 'string') return undefined;
  return { watch, nodes, birthday, keep: keep === true, running: running === true };
}
