/**
 * Measuring our node beside the C++ node: the same work given to both as processes.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { PeerNode } from '../test/support/peer-node.ts';
import { peerNodeFolder, startPeerNode } from '../test/support/peer-node.ts';
import type { BenchRow } from './harness.ts';

/** Its checks of its own structures would be measured too; nobody runs with them. */
const PEER_OPTIONS = ['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0'];

/** Clock ticks of the kernel in a second, in which /proc counts: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Starts the C++ node, or does nothing where it is not installed. */
export async function startPeerIfThere(...options: readonly string[]): Promise<PeerNode | undefined> {
  return peerNodeFolder() === undefined ? undefined : startPeerNode(...PEER_OPTIONS, ...options);
}

/** The row of ours, with the peer's figure beside where there is one. */
export function withRatio(ours: BenchRow, peer: BenchRow | undefined): BenchRow[] {
  return [{ ...ours, peer: peer?.median }];
}

/** A row of figures that were measured one by one. */
export function rowOf(name: string, unit: string, values: readonly number[]): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  return { name, unit, median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted[sorted.length - 1] ?? 0 };
}

/** Seconds of CPU that a process has used, its threads included; undefined where /proc does not tell. */
export function cpuSecondsOf(pid: number): number | undefined {
  const stat = procText(pid, 'stat');
  // The second field, a name in brackets, may hold anything: fields are counted from behind it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process in MiB; undefined where /proc does not tell. */
export function memoryMibOf(pid: number): number | undefined {
  return statusMibOf(pid, 'VmRSS');
}

/** The most memory that a process has had since it started, in MiB; undefined where /proc does not tell. */
export function peakMemoryMibOf(pid: number): number | undefined {
  return statusMibOf(pid, 'VmHWM');
}

function statusMibOf(pid: number, field: string): number | undefined {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(procText(pid, 'status') ?? '');
  return line === null ? undefined : Number(line[1]) / 1024;
}

/** Memory of a process in MiB that is its own, and that it shares with files which it maps, of which the system takes back what it needs. */
export function memoryKindsMibOf(pid: number): { readonly own: number; readonly mapped: number } | undefined {
  const text = procText(pid, 'status');
  if (text === undefined) return undefined;
  const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { own: mib('RssAnon'), mapped: mib('RssFile') };
}

function procText(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined; // No such file on other systems: the figure is left out.
  }
}
