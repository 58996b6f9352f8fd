import { createRequire } from 'node:module';

/** glibc's `M_MMAP_THRESHOLD`: pieces of at least so many bytes come from the system one by one and go back to it when they are freed. */
const MMAP_THRESHOLD = { option: -3, bytes: 1 << 19 } as const;

/** glibc's `M_TRIM_THRESHOLD`: so much may be free at the end of its memory before it gives that back. */
const TRIM_THRESHOLD = { option: -1, bytes: 1 << 20 } as const;

/** What we use of koffi, which is an optional dependency. */
interface Koffi {
  load(path: string): { func(name: string, result: string, args: readonly string[]): (option: number, bytes: number) => number };
}

/**
 * Has glibc's `malloc` give back what this process frees. Left alone, it raises both limits, to 32 and 64 MiB, as soon as large pieces
 * come and go, as the batches of a database do, and then keeps twice as much memory as is in use (ADR 0024). Only for a process of our
 * own: whoever has a node in theirs decides this themselves.
 *
 * @returns whether it was done: with koffi, and where there is a glibc
 */
export function returnFreedMemory(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const mallopt = koffi.load('libc.so.6').func('mallopt', 'int', ['int', 'int']);
    return [MMAP_THRESHOLD, TRIM_THRESHOLD].every(({ option, bytes }) => mallopt(option, bytes) === 1);
  } catch {
    return false; // Without koffi, or with another C library, memory is kept as that pleases.
  }
}
