import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { RpcMethod } from '../method.ts';

export const getmempoolinfo: RpcMethod = {
  name: 'getmempoolinfo',
  category: 'Blockchain',
  description: 'The state of the waiting transactions as a whole.',
  params: [],
  result: Type.Object({
    loaded: Type.Boolean({ description: 'Whether those kept from the last run are back.' }),
    size: Type.Integer({ description: 'How many wait.' }),
    bytes: Type.Integer({ description: 'The sum of their virtual sizes.' }),
    usage: Type.Integer({ description: 'Bytes of memory they take.' }),
    total_fee: Type.Number({ description: 'Coins.' }),
    maxmempool: Type.Integer({ description: 'Bytes of memory they may take.' }),
    mempoolminfee: Type.Number({ description: 'Coins per 1,000 virtual bytes to get in now.' }),
    minrelaytxfee: Type.Number({ description: 'The same at the least.' }),
    incrementalrelayfee: Type.Number({ description: 'What a replacement must pay more.' }),
    unbroadcastcount: Type.Integer({ description: 'Always 0: a transaction is offered to every peer as soon as it is accepted.' }),
    fullrbf: Type.Boolean({ description: 'Always true: any waiting transaction can be replaced by one that pays more.' }),
    permitbaremultisig: Type.Boolean({ description: 'Whether outputs of bare multisignature scripts are relayed.' }),
    maxdatacarriersize: Type.Integer({ description: 'Bytes of OP_RETURN scripts that a transaction may have.' }),
    limitclustercount: Type.Integer({ description: 'Most waiting transactions that are connected with one another.' }),
    limitclustersize: Type.Integer({ description: 'Their virtual bytes at most.' }),
    optimal: Type.Boolean({ description: 'Whether the order in which all of them would be mined is known to be the best.' }),
  }),
  run: ({ node }) => {
    const info = node.mempool.info();
    return {
      loaded: info.loaded,
      size: info.count,
      bytes: info.vsizeBytes,
      usage: info.usageBytes,
      total_fee: coins(info.totalFee),
      maxmempool: info.maxUsageBytes,
      mempoolminfee: coins(info.minFeeRateSatPerKvb),
      minrelaytxfee: coins(info.minRelayFeeRateSatPerKvb),
      incrementalrelayfee: coins(info.incrementalFeeRateSatPerKvb),
      unbroadcastcount: 0,
      fullrbf: true,
      permitbaremultisig: info.permitBareMultisig,
      maxdatacarriersize: info.dataCarrierBytesMax,
      limitclustercount: info.clusterCountMax,
      limitclustersize: info.clusterVsizeBytesMax,
      optimal: info.optimal,
    };
  },
};
