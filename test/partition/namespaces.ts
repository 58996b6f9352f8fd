/**
 * A network of network namespaces: two switches with hosts on each, and a cable between them that can be pulled. Nothing of it touches the
 * machine's own network.
 *
 * @module
 */

import { execFile, execFileSync } from 'node:child_process';

/** Address of a host by its number, from 1. */
export function addressOfHost(number: number): string {
  return `10.77.0.${number}`;
}

/** Addresses by which the hub, where the test itself runs, is seen on each switch. */
const HUB_ADDRESSES = ['10.77.0.250', '10.77.0.251'] as const;

const SWITCHES = ['switch0', 'switch1'] as const;
const CABLE = ['cable0', 'cable1'] as const;

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Why there can be no namespaces here; undefined where there can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need root on Linux';
  const name = `quoin-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
  } catch {
    return 'network namespaces cannot be made here';
  }
  try {
    ip('-n', name, 'link', 'add', 'try0', 'type', 'veth', 'peer', 'name', 'try1');
    ip('-n', name, 'link', 'add', 'try2', 'type', 'bridge');
    return undefined;
  } catch {
    return 'network namespaces here have no veth and bridge';
  } finally {
    ip('netns', 'del', name);
  }
}

/** Makes them, from `make` to `remove`. */
export class Namespaces {
  readonly hub: string;
  readonly #prefix: string;
  readonly #made: string[] = [];

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.hub = `${prefix}-hub`;
  }

  /** The namespace of a host. */
  of(number: number): string {
    return `${this.#prefix}-${number}`;
  }

  /** Makes the hub and so many hosts, the first half on the first switch, with the cable in. */
  make(hosts: number): void {
    const { hub } = this;
    this.#add(hub);
    for (const [i, name] of SWITCHES.entries()) {
      ip('-n', hub, 'link', 'add', name, 'type', 'bridge');
      ip('-n', hub, 'addr', 'add', `${HUB_ADDRESSES[i]}/32`, 'dev', name);
      ip('-n', hub, 'link', 'set', name, 'up');
    }
    // The hub reaches both switches; it is no way from one to the other.
    execFileSync('ip', ['netns', 'exec', hub, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_forward'], { stdio: 'pipe' });
    ip('-n', hub, 'link', 'add', CABLE[0], 'type', 'veth', 'peer', 'name', CABLE[1]);
    for (const [i, end] of CABLE.entries()) ip('-n', hub, 'link', 'set', end, 'master', SWITCHES[i] as string);
    setCable(hub, true);
    for (let number = 1; number <= hosts; number++) this.#addHost(number, number <= hosts / 2 ? 0 : 1);
  }

  #add(name: string): void {
    ip('netns', 'add', name);
    this.#made.push(name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  #addHost(number: number, side: 0 | 1): void {
    const { hub } = this;
    const [name, port, address] = [this.of(number), `port${number}`, addressOfHost(number)];
    this.#add(name);
    ip('-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('-n', hub, 'link', 'set', port, 'master', SWITCHES[side], 'up');
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', hub, 'route', 'add', `${address}/32`, 'dev', SWITCHES[side], 'src', HUB_ADDRESSES[side]);
  }

  /** Ends what runs in them, and takes all of them away. Whatever was made before something failed goes too. */
  remove(): void {
    for (const name of this.#made.splice(0)) {
      for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It ended meanwhile.
        }
      }
      ip('netns', 'del', name);
    }
  }
}

/** Runs a program of ours inside a namespace; what it printed. @throws with what it said where it fails or takes too long */
function runInside(namespace: string, program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = ['netns', 'exec', namespace, process.execPath, program, ...args];
    // It is no test file: what it prints is not for the runner of tests.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    execFile('ip', command, { env, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
}

/**
 * Makes so many hosts, runs a program in the hub that is given the prefix and more, and takes everything away again, however this ends.
 *
 * @returns what the program printed
 */
export async function runAmongHosts(
  hosts: number,
  run: { readonly name: string; readonly program: string; readonly args?: readonly string[]; readonly timeoutMs: number },
): Promise<string> {
  const prefix = `quoin-${run.name}${process.pid}`;
  const namespaces = new Namespaces(prefix);
  const remove = (): void => namespaces.remove();
  const end = (): void => process.exit(1);
  process.on('exit', remove).once('SIGINT', end).once('SIGTERM', end);
  try {
    namespaces.make(hosts);
    return await runInside(namespaces.hub, run.program, [prefix, ...(run.args ?? [])], run.timeoutMs);
  } finally {
    remove();
    process.off('exit', remove).off('SIGINT', end).off('SIGTERM', end);
  }
}

/** Puts the cable between the switches in, or pulls it. */
export function setCable(hub: string, isIn: boolean): void {
  for (const end of CABLE) ip('-n', hub, 'link', 'set', end, isIn ? 'up' : 'down');
}
