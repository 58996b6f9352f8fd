import type { Scenario } from '../scenario.ts';
import { allRestart } from './all-restart.ts';
import { comeAndGo } from './come-and-go.ts';
import { mixed } from './mixed.ts';
import { splitBrain } from './split-brain.ts';
import { tornDisk } from './torn-disk.ts';

/** Every scenario, in the order in which they are listed. A new one is a file beside this and a name here. */
export const SCENARIOS: readonly Scenario[] = [splitBrain, allRestart, tornDisk, comeAndGo, mixed];
