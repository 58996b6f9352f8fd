import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getnettotals: RpcMethod = {
  name: 'getnettotals',
  category: 'Network',
  description: 'Bytes sent and received over all connections since the start.',
  params: [],
  result: Type.Object({
    totalbytesrecv: Type.Integer(),
    totalbytessent: Type.Integer(),
    timemillis: Type.Integer({ description: 'Milliseconds since 1970.' }),
    uploadtarget: Type.Object(
      {
        timeframe: Type.Integer(),
        target: Type.Integer(),
        target_reached: Type.Boolean(),
        serve_historical_blocks: Type.Boolean(),
        bytes_left_in_cycle: Type.Integer(),
        time_left_in_cycle: Type.Integer(),
      },
      { description: 'How much may be sent in a day before old blocks are refused (--max-upload); a target of 0 is no limit.' },
    ),
  }),
  run: ({ node }) => {
    const { bytesSent, bytesReceived } = node.network.traffic();
    const uploads = node.network.uploads();
    return {
      totalbytesrecv: bytesReceived,
      totalbytessent: bytesSent,
      timemillis: node.clock.nowSeconds() * 1_000,
      uploadtarget: {
        timeframe: uploads.cycleSeconds,
        target: uploads.targetBytes,
        target_reached: uploads.isReached,
        serve_historical_blocks: uploads.servesHistoricalBlocks,
        bytes_left_in_cycle: uploads.bytesLeft,
        time_left_in_cycle: uploads.secondsLeft,
      },
    };
  },
};
