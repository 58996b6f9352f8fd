/** What all connections of one attack took and gave. */
export interface Traffic {
  connections: number;
  messages: number;
  bytesSent: number;
  bytesReceived: number;
}

/** Nothing yet. */
export function noTraffic(): Traffic {
  return { connections: 0, messages: 0, bytesSent: 0, bytesReceived: 0 };
}
