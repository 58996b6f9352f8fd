/**
 * Avahi, Debian's multicast DNS, on a host of its own: its daemon with a bus of its own, and its commands. Nothing of it reaches the machine's.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const DAEMON = '/usr/sbin/avahi-daemon';
const PROGRAMS = [
  DAEMON,
  '/usr/bin/avahi-browse',
  '/usr/bin/avahi-publish',
  '/usr/bin/dbus-daemon',
  '/usr/bin/dbus-send',
  '/usr/bin/unshare',
];

const BROWSE_MS_MAX = 20_000;

/** Why there can be no Avahi here; undefined where there can. */
export function whyNoAvahi(): string | undefined {
  for (const program of PROGRAMS) {
    try {
      accessSync(program, constants.X_OK);
    } catch {
      return `${program} is not on this machine: discovery was NOT tried beside another implementation`;
    }
  }
  return undefined;
}

/** A service that Avahi found and resolved. */
export interface ResolvedService {
  readonly interfaceName: string;
  readonly instance: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly texts: readonly string[];
}

/** Avahi on one host. */
export class Avahi {
  readonly #namespace: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #running: ChildProcess[] = [];

  private constructor(namespace: string, folder: string) {
    this.#namespace = namespace;
    this.#env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` };
  }

  /** Starts it in a namespace. */
  static async start(namespace: string): Promise<Avahi> {
    const folder = temporaryFolder('avahi');
    const avahi = new Avahi(namespace, folder);
    const bus = join(folder, 'bus.conf');
    writeFileSync(bus, busConfig(join(folder, 'bus')));
    avahi.#spawn('dbus-daemon', '--nofork', `--config-file=${bus}`);
    await eventually('the bus is there', () =>
      avahi.#answers('dbus-send', '--system', '--print-reply', '--dest=org.freedesktop.DBus', ...LIST),
    );
    const config = join(folder, 'avahi.conf');
    writeFileSync(config, '[server]\nhost-name=another\nuse-ipv6=no\nallow-interfaces=eth0\n[publish]\npublish-workstation=no\n');
    // Its file with the process's number has a fixed place: it gets a folder there that no one else sees.
    const start = `mount -t tmpfs none /run && mkdir /run/avahi-daemon && exec ${DAEMON} --no-drop-root --no-chroot --no-rlimits -f ${config}`;
    avahi.#spawn('unshare', '-m', 'sh', '-c', start);
    await eventually('avahi is there', () => avahi.#answers('avahi-browse', '-t', '_none._tcp'));
    return avahi;
  }

  /** Says that a service is here, until it is withdrawn by what this answers. */
  publish(name: string, type: string, port: number, texts: readonly string[]): () => void {
    const child = this.#spawn('avahi-publish', '-s', name, type, String(port), ...texts);
    return () => void child.kill('SIGTERM');
  }

  /** Services of a type on the subnet. */
  async browse(type: string): Promise<readonly ResolvedService[]> {
    const printed = await this.#run('avahi-browse', '-prt', type);
    const lines = printed.split('\n').filter((line) => line.startsWith('='));
    return lines.map((line) => {
      const [, interfaceName = '', , instance = '', , , host = '', address = '', port = '', texts = ''] = line.split(';');
      return {
        interfaceName,
        instance,
        host,
        address,
        port: Number(port),
        texts: texts.split(' ').map((text) => text.replaceAll('"', '')),
      };
    });
  }

  stop(): void {
    for (const child of this.#running.splice(0)) child.kill('SIGTERM');
  }

  #spawn(...command: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#namespace, ...command], { env: this.#env, stdio: 'ignore' });
    this.#running.push(child);
    return child;
  }

  #run(...command: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const args = ['netns', 'exec', this.#namespace, ...command];
      execFile('ip', args, { env: this.#env, timeout: BROWSE_MS_MAX }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
  }

  async #answers(...command: readonly string[]): Promise<boolean> {
    return this.#run(...command).then(
      () => true,
      () => false,
    );
  }
}

const LIST = ['/org/freedesktop/DBus', 'org.freedesktop.DBus.ListNames'] as const;

/** A bus on which everybody here may do everything. */
function busConfig(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
`;
}
