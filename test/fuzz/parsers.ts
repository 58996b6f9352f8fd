/**
 * Every parser of what strangers and files say.
 *
 * @module
 */

import { FILE_TARGETS } from './file-targets.ts';
import type { FuzzTargets } from './fuzz-target.ts';
import { SCRIPT_TARGETS } from './script-targets.ts';
import { TEXT_TARGETS } from './text-targets.ts';
import { WIRE_TARGETS } from './wire-targets.ts';

/** By name. */
export const PARSERS: FuzzTargets = { ...WIRE_TARGETS, ...SCRIPT_TARGETS, ...FILE_TARGETS, ...TEXT_TARGETS };
