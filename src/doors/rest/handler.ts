import type { Secp256k1 } from '../../core/crypto/index.ts';
import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { RpcError } from '../rpc/errors.ts';
import { METHODS } from '../rpc/methods/table.ts';
import { partsOf, type RestAnswer, type RestCall, RestError, type RestRoute } from './answer.ts';
import { block, blockHashByHeight, blockPart, blockWithoutDetails, headers, spentOutputs } from './blocks.ts';
import { blockFilter, blockFilterHeaders } from './filters.ts';
import { chainInfo, deploymentInfo, mempool } from './state.ts';
import { transaction, unspentOutputs } from './transactions.ts';

/** Every route by how its path begins; the first that fits answers. */
const ROUTES: readonly (readonly [prefix: string, route: RestRoute])[] = [
  ['/rest/tx/', transaction],
  ['/rest/block/notxdetails/', blockWithoutDetails],
  ['/rest/block/', block],
  ['/rest/blockpart/', blockPart],
  ['/rest/blockfilter/', blockFilter],
  ['/rest/blockfilterheaders/', blockFilterHeaders],
  ['/rest/chaininfo', chainInfo],
  ['/rest/mempool/', mempool],
  ['/rest/headers/', headers],
  ['/rest/getutxos', unspentOutputs],
  ['/rest/deploymentinfo', deploymentInfo],
  ['/rest/blockhashbyheight/', blockHashByHeight],
  ['/rest/spenttxouts/', spentOutputs],
];

/** Nothing is at this path: an empty answer, as of Core's HTTP server. */
const NOTHING: RestAnswer = { status: 404, contentType: 'text/html; charset=ISO-8859-1', body: '' };

/** Answers requests whose path begins with `/rest/`. */
export type RestHandler = (call: RestCall & { readonly signal: CancelSignal }) => Promise<RestAnswer>;

/** What a failure looks like from outside; bugs go on to whoever serves HTTP. */
function refusalOf(error: unknown): RestAnswer {
  if (error instanceof RestError) return error.answer;
  if (error instanceof RpcError || error instanceof NodeError) return new RestError(500, error.message).answer;
  throw error;
}

/** Makes the function that answers Core's REST for a node. */
export function createRestHandler(node: NodePort, options: { readonly curve: Secp256k1 }): RestHandler {
  return async (call) => {
    const found = ROUTES.find(([prefix]) => call.target.startsWith(prefix));
    if (found === undefined) return NOTHING;
    const [prefix, route] = found;
    const context = { node, curve: options.curve, methods: METHODS, activeCommands: () => [], signal: call.signal };
    try {
      return await route(context, partsOf(call, prefix));
    } catch (error) {
      return refusalOf(error);
    }
  };
}
