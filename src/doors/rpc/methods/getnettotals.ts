import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

/** Seconds of the window that a limit of uploads would count in; Core's `MAX_UPLOAD_TIMEFRAME`. */
const WINDOW_SECONDS = 86_400;

/** What Core says where uploads have no limit, as here. */
const NO_UPLOAD_TARGET = {
  timeframe: WINDOW_SECONDS,
  target: 0,
  target_reached: false,
  serve_historical_blocks: true,
  bytes_left_in_cycle: 0,
  time_left_in_cycle: 0,
};

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
      { description: 'Uploads have no limit.' },
    ),
  }),
  run: ({ node }) => {
    const { bytesSent, bytesReceived } = node.network.traffic();
    return {
      totalbytesrecv: bytesReceived,
      totalbytessent: bytesSent,
      timemillis: node.clock.nowSeconds() * 1_000,
      uploadtarget: NO_UPLOAD_TARGET,
    };
  },
};
