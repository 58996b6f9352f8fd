import type { Scenario } from '../scenario.ts';
import { allRestart } from './all-restart.ts';
import { comeAndGo } from './come-and-go.ts';
import { deepDoubleSpend } from './deep-double-spend.ts';
import { doubleSpends } from './double-spends.ts';
import { eclipse } from './eclipse.ts';
import { flappingLinks } from './flapping-links.ts';
import { invalidMajority } from './invalid-majority.ts';
import { minorityMiner } from './minority-miner.ts';
import { mixed } from './mixed.ts';
import { selfishMining } from './selfish-mining.ts';
import { skewedClocks } from './skewed-clocks.ts';
import { slowNode } from './slow-node.ts';
import { splitBrain } from './split-brain.ts';
import { ties } from './ties.ts';
import { timeBurners } from './time-burners.ts';
import { tipRace } from './tip-race.ts';
import { tornDisk } from './torn-disk.ts';
import { withholding } from './withholding.ts';

/** Every scenario, in the order in which they are listed. A new one is a file beside this and a name here. */
export const SCENARIOS: readonly Scenario[] = [
  splitBrain,
  ties,
  flappingLinks,
  minorityMiner,
  slowNode,
  doubleSpends,
  deepDoubleSpend,
  selfishMining,
  withholding,
  invalidMajority,
  eclipse,
  skewedClocks,
  timeBurners,
  tipRace,
  comeAndGo,
  allRestart,
  tornDisk,
  mixed,
];
