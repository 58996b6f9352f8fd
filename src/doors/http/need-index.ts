import type { IndexName } from '../../engine/ports/index-service.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { HttpProblem } from './problem.ts';

/** Refuses a request whose index the node does not have, saying how it would. `before` begins the sentence. */
export function needIndex(node: NodePort, name: IndexName, before: string): void {
  if (node.indexes.has(name)) return;
  const names = [...node.indexes.states().map((state) => state.name), name].join(',');
  throw new HttpProblem('index-missing', { detail: `${before} start the node with --index ${names}.` });
}
