import type { BlockHash } from '../../core/primitives/ids.ts';
import { Arguments } from '../rpc/arguments.ts';
import type { JsonOutput } from '../rpc/json-write.ts';
import type { RpcContext, RpcMethod } from '../rpc/method.ts';
import { getblockchaininfo } from '../rpc/methods/getblockchaininfo.ts';
import { getdeploymentinfo } from '../rpc/methods/getdeploymentinfo.ts';
import { getmempoolinfo } from '../rpc/methods/getmempoolinfo.ts';
import { getrawmempool } from '../rpc/methods/getrawmempool.ts';
import { hashOf, onlyJson, queryParameter, RestError, type RestRequest, type RestRoute } from './answer.ts';

/** What a method answers that waits for nothing. */
function resultOf(method: RpcMethod, context: RpcContext, values: ConstructorParameters<typeof Arguments>[0] = []): JsonOutput {
  return method.run(context, new Arguments(values)) as JsonOutput;
}

/** `/rest/chaininfo`: what `getblockchaininfo` answers. */
export const chainInfo: RestRoute = (context, { format }) => onlyJson(format, () => resultOf(getblockchaininfo, context));

/** `/rest/deploymentinfo` and `/rest/deploymentinfo/HASH`: what `getdeploymentinfo` answers. */
export const deploymentInfo: RestRoute = (context, { format, path }) =>
  onlyJson(format, () => {
    const text = path.replace(/^\//, '');
    if (text === '') return resultOf(getdeploymentinfo, context);
    if (context.node.chain.block(hashOf<BlockHash>(text)) === undefined) throw new RestError(400, 'Block not found');
    return resultOf(getdeploymentinfo, context, [text]);
  });

function flag(request: RestRequest, name: string, fallback: 'true' | 'false'): boolean {
  const value = queryParameter(request, name) ?? fallback;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new RestError(400, `The "${name}" query parameter must be either "true" or "false".`);
}

/** `/rest/mempool/info` and `/rest/mempool/contents`: what `getmempoolinfo` and `getrawmempool` answer. */
export const mempool: RestRoute = (context, request) => {
  const { format, path } = request;
  if (path !== 'contents' && path !== 'info') {
    throw new RestError(400, 'Invalid URI format. Expected /rest/mempool/<info|contents>.json');
  }
  return onlyJson(format, () => {
    if (path === 'info') return resultOf(getmempoolinfo, context);
    const verbose = flag(request, 'verbose', 'true');
    const sequence = flag(request, 'mempool_sequence', 'false');
    if (verbose && sequence) {
      throw new RestError(400, 'Verbose results cannot contain mempool sequence values. (hint: set "verbose=false")');
    }
    return resultOf(getrawmempool, context, [verbose, sequence]);
  });
};
