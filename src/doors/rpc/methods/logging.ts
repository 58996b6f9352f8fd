import { categoriesOf, LOG_CATEGORIES, type LogSwitches } from '../../../engine/ports/log-categories.ts';
import { Type } from '../../schema.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { listOf, textOf } from '../object-argument.ts';

/** Switches what an argument names, one after another: what stands before a wrong word is done, as in Core. */
function change(switches: LogSwitches | undefined, args: Arguments, index: number, on: boolean): void {
  if (!args.has(index)) return;
  for (const item of listOf(args.value(index))) {
    const word = textOf(item);
    const categories = categoriesOf(word);
    if (categories === undefined) throw new RpcError('INVALID_PARAMETER', `unknown logging category ${word}`);
    for (const category of categories) switches?.set(category, on);
  }
}

export const logging: RpcMethod = {
  name: 'logging',
  category: 'Control',
  description:
    'Says of which categories the log has lines of the level debug, and changes that: first those of the first list are switched on, then those of the second off. "all" and "1" stand for all categories.',
  params: [
    { name: 'include', schema: Type.Array(Type.Any()), description: 'Categories to be switched on.' },
    { name: 'exclude', schema: Type.Array(Type.Any()), description: 'Categories to be switched off.' },
  ],
  result: Type.Record(Type.String(), Type.Boolean(), { description: 'Whether the lines of each category are written.' }),
  run: ({ node }, args) => {
    const { switches } = node.log;
    change(switches, args, 0, true);
    change(switches, args, 1, false);
    return Object.fromEntries(LOG_CATEGORIES.map((category) => [category, switches?.isOn(category) ?? false]));
  },
};
