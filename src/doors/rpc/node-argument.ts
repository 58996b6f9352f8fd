import { isIPv6 } from 'node:net';
import { RpcError } from './errors.ts';

const PORT_MAX = 65535;

/** Host and port of `host`, `host:port`, `[ipv6]:port` or a bare IPv6 address; undefined for another text. */
export function readNode(text: string, portDefault: number): { host: string; port: number } | undefined {
  if (isIPv6(text)) return { host: text, port: portDefault };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? portDefault : Number(match[3]);
  const isNone = host === undefined || port < 1 || port > PORT_MAX || (match?.[1] !== undefined && !isIPv6(host));
  return isNone ? undefined : { host, port };
}

/** The same, where nothing else will do. @throws RpcError INVALID_PARAMETER */
export function parseNode(text: string, portDefault: number): { host: string; port: number } {
  const address = readNode(text, portDefault);
  if (address === undefined) throw new RpcError('INVALID_PARAMETER', `Error: '${text}' is not host:port`);
  return address;
}
