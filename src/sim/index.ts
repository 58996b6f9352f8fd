/**
 * Many full nodes in one process, on a virtual clock, network and disks, all from one seed.
 *
 * Owns the virtual world, what must hold in it, and scenarios. Does not own any rule or decision of a node: what runs here is what `createNode` builds, and
 * only its ports differ. Begin with simulation.ts, then scenario.ts and steps.ts; docs/guides/simulate.md shows how to write a scenario.
 *
 * @module
 */

export type { BrokenInvariant } from './broken.ts';
export { InvariantError } from './broken.ts';
export type { Behaviour, BehaviourMaker, LiarLink, LiarWorld } from './byzantine/behaviour.ts';
export { anyBehaviour, BEHAVIOURS } from './byzantine/behaviours.ts';
export { corruptedBy } from './byzantine/corrupt-transport.ts';
export type { ChurnPlan } from './churn.ts';
export type { DiskQuality } from './disk/sim-disk.ts';
export type { InvariantName } from './invariants.ts';
export type { LinkQuality, NetworkQuality } from './link-quality.ts';
export type { PaymentPlan } from './payments.ts';
export type { LedgerBlock } from './reference-ledger.ts';
export { forkOf } from './reference-ledger.ts';
export type { ReportTip, RunReport } from './run-report.ts';
export { type RunOptions, type RunProgress, reproduction, runScenario } from './run-scenario.ts';
export {
  type ParameterValues,
  type Play,
  parameterValues,
  type Scenario,
  type ScenarioParameter,
  type Step,
  scenario,
} from './scenario.ts';
export { SCENARIOS } from './scenarios/table.ts';
export type { SimNode, SimNodeProfile } from './sim-node.ts';
export { simParams } from './sim-params.ts';
export { SimRandom } from './sim-random.ts';
export { type BranchView, type NodeView, type SimulationView, viewOf } from './sim-view.ts';
export { Simulation, type SimulationListener } from './simulation.ts';
export type { Corruption, SimulationSetup } from './simulation-setup.ts';
export {
  agree,
  check,
  churn,
  depthOf,
  down,
  type Ending,
  heal,
  mine,
  mineAt,
  paid,
  pay,
  range,
  settled,
  sides,
  split,
  up,
  wait,
} from './steps.ts';
