import { CALLED_NETWORKS, type SocksProxy } from '../../engine/ports/proxy.ts';
import { repeated, single, switchOption } from './option.ts';
import { parsePeerAddress, parseSwitch, parseText, parseWhole, parseWords } from './values.ts';

/** Limits of `--max-connections`. */
const MAX_CONNECTIONS = { min: 0, max: 10_000 };

/** Limits of `--max-upload` in MiB. */
const MAX_UPLOAD_MIB = { min: 0, max: 1_000_000_000 };

const PROXY = 'HOST:PORT of a SOCKS5 proxy, for instance 127.0.0.1:9050';

function parseProxy(text: string): Omit<SocksProxy, 'randomizeCredentials'> | undefined {
  return parsePeerAddress(text);
}

/** Who may do what, how many connections there are, and by which way others are called. */
export const PEER_OPTIONS = {
  maxConnections: single({
    name: 'max-connections',
    placeholder: 'N',
    takes: `a number, ${MAX_CONNECTIONS.min} to ${MAX_CONNECTIONS.max}`,
    help: 'hold so many connections in all, 11 of them kept for those that the node calls; default 136',
    parse: (text) => parseWhole(text, MAX_CONNECTIONS),
  }),
  maxUpload: single({
    name: 'max-upload',
    placeholder: 'MIB',
    takes: `a size in MiB, ${MAX_UPLOAD_MIB.min} to ${MAX_UPLOAD_MIB.max}`,
    help: 'send so much in a day before blocks older than a week are refused; 0 for no limit; default 0',
    parse: (text) => parseWhole(text, MAX_UPLOAD_MIB),
  }),
  whitelist: repeated({
    name: 'whitelist',
    placeholder: 'PERM@SUBNET',
    takes: 'permissions and a part of the network, for instance noban+mempool@10.0.0.0/8',
    help: 'what peers there may do: bloomfilter, noban, forcerelay, relay, mempool, download, addr, with + between them; may be repeated',
    parse: parseText,
  }),
  whitebind: repeated({
    name: 'whitebind',
    placeholder: 'PERM@HOST:PORT',
    takes: 'permissions and an address to listen on, for instance noban@127.0.0.1:7433',
    help: 'accept peers here too, and let everybody who comes in do this; may be repeated',
    parse: parseText,
  }),
  proxy: single({
    name: 'proxy',
    placeholder: 'HOST:PORT',
    takes: PROXY,
    help: 'call all nodes by this SOCKS5 proxy, which looks up their names; accept none unless --listen is given',
    parse: parseProxy,
  }),
  onion: single({
    name: 'onion',
    placeholder: 'HOST:PORT',
    takes: PROXY,
    help: 'call onion services by this SOCKS5 proxy; default what --proxy says',
    parse: parseProxy,
  }),
  noProxyRandomize: switchOption({
    name: 'no-proxy-randomize',
    help: 'log in to proxies with nothing; by default each call has a login of its own, which keeps calls over Tor apart',
    parse: parseSwitch,
  }),
  onlyNet: single({
    name: 'only-net',
    placeholder: 'NAME,...',
    takes: `networks with commas between them (${CALLED_NETWORKS.join(', ')})`,
    help: 'call nodes that the node learned of on these networks alone',
    parse: (text) => parseWords(text, CALLED_NETWORKS),
  }),
};
