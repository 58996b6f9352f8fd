import { isNobodysAddress, parseSubnet, type Subnet } from '../../../core/wire/subnet.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import { methodHelp } from '../help.ts';
import type { RpcContext, RpcMethod } from '../method.ts';

const WHOLE = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** What the first argument names, and whether it is one address rather than a part of the network. */
function subnetOf(text: string): { readonly subnet: Subnet; readonly isAddress: boolean } {
  const isAddress = !text.includes('/');
  const subnet = parseSubnet(text);
  if (subnet === undefined || (isAddress && isNobodysAddress(subnet))) {
    throw new RpcError('CLIENT_INVALID_IP_OR_SUBNET', 'Error: Invalid IP/Subnet');
  }
  return { subnet, isAddress };
}

/** When a ban ends, by the wall clock. */
function endOf(args: Arguments, { clock, network }: NodePort): number {
  const nowSeconds = clock.nowSeconds();
  const given = args.has(2) ? args.integer(2, WHOLE) : 0;
  const isAbsolute = args.boolean(3, false);
  if (isAbsolute && given < nowSeconds) throw new RpcError('INVALID_PARAMETER', 'Error: Absolute timestamp is in the past');
  if (given <= 0) return nowSeconds + network.banSeconds;
  return Math.min(isAbsolute ? given : nowSeconds + given, Number.MAX_SAFE_INTEGER);
}

function add({ node }: RpcContext, args: Arguments): void {
  const { network } = node;
  const { isAddress, subnet } = subnetOf(args.string(0));
  if (network.isBanned(subnet, { exactly: !isAddress })) {
    throw new RpcError('CLIENT_NODE_ALREADY_ADDED', 'Error: IP/Subnet already banned');
  }
  if (!network.ban(subnet, endOf(args, node))) throw new RpcError('MISC_ERROR', 'Error: Too many bans');
}

function remove({ node }: RpcContext, args: Arguments): void {
  if (node.network.unban(subnetOf(args.string(0)).subnet)) return;
  const problem = 'Error: Unban failed. Requested address/subnet was not previously manually banned.';
  throw new RpcError('CLIENT_INVALID_IP_OR_SUBNET', problem);
}

export const setban: RpcMethod = {
  name: 'setban',
  category: 'Network',
  description: 'Bans an address or a part of the network, which ends its connections, or lifts such a ban. Bans outlast a restart.',
  params: [
    {
      name: 'subnet',
      schema: Type.String(),
      required: true,
      description: 'An IP address, alone or with a number of bits (1.2.3.0/24) or a mask (1.2.3.0/255.255.255.0).',
    },
    { name: 'command', schema: Type.String(), required: true, description: '"add" or "remove".' },
    {
      name: 'bantime',
      schema: Type.Integer(),
      fallback: '0',
      description: 'For how many seconds, or until when; 0 for a day, or what -bantime says.',
    },
    {
      name: 'absolute',
      schema: Type.Boolean(),
      fallback: 'false',
      description: 'Whether bantime is the time of its end, in seconds since 1970.',
    },
  ],
  result: Type.Null(),
  run: (context, args) => {
    const command = args.string(1);
    if (command === 'add') add(context, args);
    else if (command === 'remove') remove(context, args);
    else throw new RpcError('MISC_ERROR', methodHelp(setban));
    return null;
  },
};
