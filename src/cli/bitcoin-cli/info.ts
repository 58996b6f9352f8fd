import { JsonNumber, JsonObject, type JsonValue } from '../../doors/rpc/json-number.ts';

/** A member's text; empty where it is not there. */
function textIn(object: JsonValue | undefined, name: string): string {
  const value = object instanceof JsonObject ? object.members.get(name) : undefined;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The proxies that networks go through, with who uses them. */
function proxiesOf(network: JsonObject): string {
  const networks = network.members.get('networks');
  const users = new Map<string, string[]>();
  for (const each of Array.isArray(networks) ? (networks as readonly JsonValue[]) : []) {
    const proxy = textIn(each, 'proxy');
    if (proxy !== '') users.set(proxy, [...(users.get(proxy) ?? []), textIn(each, 'name')]);
  }
  return [...users].map(([proxy, names]) => `${proxy} (${names.join(', ')})`).join(', ') || 'n/a';
}

/** What `bitcoin-cli -getinfo` shows of `getnetworkinfo` and `getblockchaininfo`. */
export function infoText(network: JsonObject, chain: JsonObject): string {
  const warnings = network.members.get('warnings');
  const said = Array.isArray(warnings) ? warnings.map(String).join('\n') : String(warnings ?? '');
  return [
    `Chain: ${textIn(chain, 'chain')}`,
    `Blocks: ${textIn(chain, 'blocks')}`,
    `Headers: ${textIn(chain, 'headers')}`,
    `Verification progress: ${(Number(textIn(chain, 'verificationprogress')) * 100).toFixed(4)}%`,
    `Difficulty: ${textIn(chain, 'difficulty')}`,
    '',
    `Network: in ${textIn(network, 'connections_in')}, out ${textIn(network, 'connections_out')}, total ${textIn(network, 'connections')}`,
    `Version: ${textIn(network, 'version')}`,
    `Time offset (s): ${textIn(network, 'timeoffset')}`,
    `Proxies: ${proxiesOf(network)}`,
    `Min tx relay fee rate (BTC/kvB): ${textIn(network, 'relayfee')}`,
    '',
    `Warnings: ${said === '' ? '(none)' : said}`,
  ].join('\n');
}
