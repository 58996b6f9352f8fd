import { setFlagsFromString } from 'node:v8';

/** Per cent of what lives that may come on top of it, until V8 looks through the old part of the heap again. */
const GROWTH_PERCENT = 50;

/**
 * Has V8 look for garbage sooner. Left alone it lets the heap grow to four times what lives there, which a node that connects block after
 * block does quickly, and keeps those pages. With this a node of 100,000 blocks has a quarter less memory and takes no more CPU time.
 * For the process as a whole, worker threads that begin later included; so only for a process of our own.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
