import type { Transport } from '../engine/ports/transport.ts';
import type { DiskQuality } from './disk/sim-disk.ts';
import type { NetworkQuality } from './link-quality.ts';
import type { SimNode, SimNodeProfile } from './sim-node.ts';
import type { Simulation } from './simulation.ts';

/** What a node does to its messages: it is given its way to the network and gives another one. */
export type Corruption = (transport: Transport, node: SimNode, simulation: Simulation) => Transport;

/** Everything that is chosen about a world. */
export interface SimulationSetup {
  /** The same seed and setup give the same run, to the last byte. */
  readonly seed: number;
  /** How many full nodes; at most 15,360, which is how many addresses there are for them. */
  readonly nodes: number;
  /** Mean time between two blocks of all miners together. */
  readonly blockIntervalMs: number;
  /** How strong each node mines, against the others; 0: it does not. Default: all the same. */
  readonly hashRates?: readonly number[];
  /** What differs from `DEFAULT_QUALITY`. */
  readonly quality?: Partial<NetworkQuality>;
  /** How long streams outlive a way that is blocked. Default: 15 minutes. */
  readonly patienceMs?: number;
  /** Who calls whom, and nobody else. Default: each node finds its own peers, from a few addresses that it knows. */
  readonly links?: readonly (readonly [from: number, to: number])[];
  /** Addresses that each node knows at first. Default: 24. */
  readonly bookSize?: number;
  /** Connections of each node. Default: as production. */
  readonly connections?: SimNodeProfile['connections'];
  /** Disks that differ: by node. Default: quick, without end. */
  readonly disks?: ReadonlyMap<number, DiskQuality>;
  /** Nodes that differ in other ways. */
  readonly profiles?: ReadonlyMap<number, Partial<SimNodeProfile>>;
  /** Nodes that lie, and how. What becomes of them is nobody's concern. */
  readonly byzantine?: ReadonlyMap<number, Corruption>;
}
