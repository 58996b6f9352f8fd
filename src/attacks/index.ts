/**
 * Named adversaries that speak the wire protocol, to try on any node of a network.
 *
 * Owns what attackers do, what is expected of a node then, and the verdict. Does not own sockets, clocks and chance, which are handed in
 * (`over-tcp.ts` adds Node's), nor attacks that need more than a connection: those are tests, which `local-rows.ts` names. Begin with
 * attack.ts and scene.ts, then wire/.
 *
 * @module
 */

export type { Attack, AttackNeed, Outcome, Sight } from './attack.ts';
export { sight, Unclear } from './attack.ts';
export type { Latency } from './bystander.ts';
export { ATTACKS, findAttack } from './catalogue.ts';
export type { AttackWorld } from './ground.ts';
export { Ground } from './ground.ts';
export { openTcpAttacker, type TcpAttacker, type TcpTarget } from './over-tcp.ts';
export type { AttackerCost, AttackReport, Meters, ProcessReading, TargetCost, Verdict } from './run-attack.ts';
export { LATENCY_MS_MAX, MEMORY_MIB_MAX, runAttack } from './run-attack.ts';
export type { AttackSize } from './scene.ts';
export { Scene } from './scene.ts';
