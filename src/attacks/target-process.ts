import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessReading } from './run-attack.ts';

const BYTES_PER_KIB = 1_024;
const NS_PER_MS = 1_000_000;

/** What a process has taken so far, all its threads together. Linux alone tells; undefined elsewhere and where there is no such process. */
export function readProcess(pid: number): ProcessReading | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const cpuNs = threads.reduce(
      (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
      0,
    );
    const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return { cpuMs: cpuNs / NS_PER_MS, memoryBytes: Number(kib) * BYTES_PER_KIB };
  } catch {
    // Another system, another user's process, or one that has ended: there is nothing to tell.
    return undefined;
  }
}
