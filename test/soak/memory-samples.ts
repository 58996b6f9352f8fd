/**
 * What processes take over time: sampled from the system and from Node's own reports, written as text, and held to not growing.
 *
 * @module
 */

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** One look at one process. */
export interface MemorySample {
  /** Since the run began. */
  readonly minutes: number;
  readonly node: number;
  /** Process number: another one is another life of the node. */
  readonly pid: number;
  readonly rssMib: number;
  /** Used by JavaScript's heap; undefined where no report came. */
  readonly heapMib: number | undefined;
  readonly openFiles: number;
}

const KIB_PER_MIB = 1_024;
const BYTES_PER_MIB = 1_048_576;

/** A report comes within a second or two, also on a busy machine; a process that has just ended writes none. */
const REPORT_LOOKS_MAX = 50;
const REPORT_LOOK_MS = 100;

/** Options by which a Node process writes a report into a folder when it is sent SIGUSR2. */
export function reportOptions(folder: string): string {
  return `--report-on-signal --report-compact --report-exclude-network --report-directory=${folder}`;
}

/** Resident memory and open files of a process, as Linux tells them. */
function systemFigures(pid: number): { readonly rssMib: number; readonly openFiles: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, rssKib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return { rssMib: Number(rssKib) / KIB_PER_MIB, openFiles: readdirSync(`/proc/${pid}/fd`).length };
}

/** The heap that a report tells of; undefined while it is not wholly written. */
function heapInReport(path: string): number | undefined {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as { javascriptHeap: { usedMemory: number } };
    return report.javascriptHeap.usedMemory / BYTES_PER_MIB;
  } catch {
    return undefined;
  }
}

/** Asks a process that was started with `reportOptions` for its heap. */
async function heapOf(pid: number, folder: string): Promise<number | undefined> {
  process.kill(pid, 'SIGUSR2');
  for (let look = 0; look < REPORT_LOOKS_MAX; look++) {
    await pause(REPORT_LOOK_MS);
    const name = readdirSync(folder).find((each) => each.includes(`.${pid}.`));
    if (name === undefined) continue;
    const heapMib = heapInReport(join(folder, name));
    if (heapMib === undefined) continue;
    rmSync(join(folder, name));
    return heapMib;
  }
  return undefined;
}

/** Looks at a process. `reports` is the folder of its reports; undefined leaves the heap out. */
export async function sampleProcess(
  place: Pick<MemorySample, 'minutes' | 'node' | 'pid'>,
  reports: string | undefined,
): Promise<MemorySample> {
  const { minutes, node, pid } = place;
  const heapMib = reports === undefined ? undefined : await heapOf(pid, reports);
  return { minutes, node, pid, ...systemFigures(pid), heapMib };
}

const HEADER = 'minutes,node,pid,rss_mib,heap_mib,open_files';

/** The samples as a table of commas. */
export function samplesAsCsv(samples: readonly MemorySample[]): string {
  const rows = samples.map(({ minutes, node, pid, rssMib, heapMib, openFiles }) =>
    [minutes.toFixed(2), node, pid, rssMib.toFixed(1), heapMib?.toFixed(1) ?? '', openFiles].join(','),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

/** A life is judged when it has at least so many samples: in a shorter one caches are still being filled. */
export const GROWTH_SAMPLES_MIN = 40;

/** What the last quarter of a life may take more than its second one. */
const GROWTH_RATIO_MAX = 1.25;
const GROWTH_RSS_MIB_MAX = 24;
const GROWTH_OPEN_FILES_MAX = 12;

/** The middle one of some figures; of two, the higher. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

/** How the memory of one life went. */
export interface Growth {
  readonly node: number;
  readonly pid: number;
  readonly minutes: number;
  /** Medians of its second and of its last quarter. */
  readonly rssMib: readonly [number, number];
  readonly heapMib: readonly [number, number];
  readonly openFiles: readonly [number, number];
  readonly grew: boolean;
}

function quarters(figures: readonly number[]): readonly [number, number] {
  const { length } = figures;
  return [median(figures.slice(Math.floor(length / 4), Math.floor(length / 2))), median(figures.slice(Math.floor((length * 3) / 4)))];
}

/** Every life that was long enough to be judged: its second quarter, when caches are warm, beside its last one. */
export function growthOf(samples: readonly MemorySample[]): Growth[] {
  const lives = new Map<number, MemorySample[]>();
  for (const sample of samples) {
    const life = lives.get(sample.pid);
    if (life === undefined) lives.set(sample.pid, [sample]);
    else life.push(sample);
  }
  return [...lives.values()]
    .filter((life) => life.length >= GROWTH_SAMPLES_MIN)
    .map((life) => {
      const rssMib = quarters(life.map((sample) => sample.rssMib));
      const openFiles = quarters(life.map((sample) => sample.openFiles));
      const heapMib = quarters(life.flatMap((sample) => (sample.heapMib === undefined ? [] : [sample.heapMib])));
      const { node, pid, minutes } = life.at(-1)!;
      const grew = rssMib[1] > rssMib[0] * GROWTH_RATIO_MAX + GROWTH_RSS_MIB_MAX || openFiles[1] > openFiles[0] + GROWTH_OPEN_FILES_MAX;
      return { node, pid, minutes: minutes - life[0]!.minutes, rssMib, heapMib, openFiles, grew };
    });
}
