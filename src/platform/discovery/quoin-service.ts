import type { DnsName, DnsRecord } from './dns-message.ts';
import { nameKey } from './dns-message.ts';

/** The service type of quoin's nodes, and the name under which types of services are listed (RFC 6763, sections 4.1 and 9). */
export const SERVICE_TYPE: DnsName = ['_quoin', '_tcp', 'local'];
export const SERVICE_TYPES: DnsName = ['_services', '_dns-sd', '_udp', 'local'];

/** How long records hold that name a host, and others (RFC 6762, section 10). */
export const HOST_TTL_SECONDS = 120;
export const OTHER_TTL_SECONDS = 4_500;

/** Version of what the text record says. */
const TEXT_VERSION = '1';

/** A node's service as it is announced. */
export interface OwnInstance {
  /** Of random characters, so that nobody else has it: it names the instance and the host, and tells nothing about the machine. */
  readonly label: string;
  readonly port: number;
  readonly net: string;
}

/** The records of a service on one link. */
export interface ServiceRecords {
  /** That services of this type are there. */
  readonly type: DnsRecord;
  /** That this instance is one of them. */
  readonly pointer: DnsRecord;
  readonly srv: DnsRecord;
  readonly txt: DnsRecord;
  readonly addresses: readonly DnsRecord[];
}

/** Name of an instance. */
export function instanceName(label: string): DnsName {
  return [label, ...SERVICE_TYPE];
}

/** The record that points to an instance. */
export function pointerTo(label: string, ttlSeconds: number): DnsRecord {
  return { name: SERVICE_TYPE, ttlSeconds, unique: false, data: { type: 'ptr', target: instanceName(label) } };
}

/** Records of a service. @param addresses - of this machine on the link, 4 or 16 bytes each */
export function serviceRecords({ label, port, net }: OwnInstance, addresses: readonly Uint8Array[]): ServiceRecords {
  const name = instanceName(label);
  const host = [label, 'local'];
  return {
    type: { name: SERVICE_TYPES, ttlSeconds: OTHER_TTL_SECONDS, unique: false, data: { type: 'ptr', target: SERVICE_TYPE } },
    pointer: pointerTo(label, OTHER_TTL_SECONDS),
    srv: { name, ttlSeconds: HOST_TTL_SECONDS, unique: true, data: { type: 'srv', port, target: host } },
    txt: { name, ttlSeconds: OTHER_TTL_SECONDS, unique: true, data: { type: 'txt', strings: [`net=${net}`, `v=${TEXT_VERSION}`] } },
    addresses: addresses.map((address) => {
      const type = address.length === 4 ? 'a' : 'aaaa';
      return { name: host, ttlSeconds: HOST_TTL_SECONDS, unique: true, data: { type, address } };
    }),
  };
}

const TYPE_KEY = nameKey(SERVICE_TYPE);

/** Whether a name is that of the service type. */
export function isServiceType(name: DnsName): boolean {
  return nameKey(name) === TYPE_KEY;
}

/** The label of an instance of the service type; undefined for another name. */
export function labelOfInstance(name: DnsName): string | undefined {
  return isServiceType(name.slice(1)) ? name[0] : undefined;
}

/**
 * The network that a text record names, 8 hexadecimal digits in lower case; undefined where it is not of our version or names none. The first
 * of several equal keys counts, and keys are read in either case (RFC 6763, section 6.4).
 */
export function networkOfText(strings: readonly string[]): string | undefined {
  const value = (key: string): string | undefined =>
    strings.find((each) => each.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
  const net = value('net')?.toLowerCase();
  return value('v') === TEXT_VERSION && net !== undefined && /^[0-9a-f]{8}$/.test(net) ? net : undefined;
}
