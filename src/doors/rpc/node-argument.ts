import { isIPv6 } from 'node:net';
import { RpcError } from './errors.ts';

const PORT_MAX = 65535;

/** Host and port of `host`, `host:port`, `[ipv6]:port` or a bare IPv6 address. */
export function parseNode(text: string, portDefault: number): { host: string; port: number } {
  if (isIPv6(text)) return { host: text, port: portDefault };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? portDefault : Number(match[3]);
  if (host === undefined || port < 1 || port > PORT_MAX || (match?.[1] !== undefined && !isIPv6(host))) {
    throw new RpcError('INVALID_PARAMETER', `Error: '${text}' is not host:port`);
  }
  return { host, port };
}
