/**
 * A headless Chromium that opens a page of a node: found through `QUOIN_CHROMIUM` or by its usual names on the path. It can reach nothing
 * but loopback.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './quoin-process.ts';

/** A name for this machine that browsers do not take for it: what comes from there came over an insecure way. */
export const INSECURE_HOST = 'elsewhere.test';

/** What every start of it is told: it shows nothing, and asks nobody for anything on its own account. */
export const CHROMIUM_FLAGS: readonly string[] = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...[
    '--disable-component-update',
    '--disable-sync',
    '--disable-renderer-backgrounding',
    '--disable-background-timer-throttling',
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.*`,
  ],
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Time of the page that passes before it is looked at, in milliseconds; waiting for nothing, it passes at once. */
const PAGE_TIME_MS = 10_000;
const RUN_MS_MAX = 60_000;
const DOM_BYTES_MAX = 64 * 1024 * 1024;

/** Where it is, if anywhere. */
export function chromiumPath(): string | undefined {
  const told = process.env.QUOIN_CHROMIUM;
  if (told !== undefined) return told;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** Why tests with a browser are skipped; false where they run. For the `skip` option of a test. */
export function chromiumMissing(): string | false {
  return chromiumPath() === undefined ? 'SKIPPED: no Chromium on the path, and QUOIN_CHROMIUM names none' : false;
}

/** A page after its scripts have run. */
export interface OpenedPage {
  /** Its elements as HTML. */
  readonly dom: string;
  /** Everything that the page itself asked for; what the browser does on its own account is left out. */
  readonly requests: readonly string[];
}

/** The browser's log of what went over the network, as far as it is needed. */
interface NetLog {
  readonly constants: { readonly logEventTypes: { readonly URL_REQUEST_START_JOB: number } };
  readonly events: readonly { readonly type: number; readonly params?: { readonly url?: string; readonly initiator?: string } }[];
}

/** Opens a page and waits until its scripts have nothing more to do. */
export async function openPage(url: string): Promise<OpenedPage> {
  const folder = temporaryFolder('chromium');
  const log = join(folder, 'net.json');
  const args = [
    ...CHROMIUM_FLAGS,
    `--user-data-dir=${join(folder, 'profile')}`,
    `--log-net-log=${log}`,
    `--virtual-time-budget=${PAGE_TIME_MS}`,
    '--dump-dom',
    url,
  ];
  const { stdout } = await promisify(execFile)(chromiumPath() as string, args, { maxBuffer: DOM_BYTES_MAX, timeout: RUN_MS_MAX });
  const { constants, events } = JSON.parse(readFileSync(log, 'utf8')) as NetLog;
  const { origin } = new URL(url);
  const requests = events.flatMap(({ params, type }) => {
    const isOfPage = type === constants.logEventTypes.URL_REQUEST_START_JOB && params?.initiator === origin;
    return isOfPage && params.url !== undefined ? [params.url] : [];
  });
  return { dom: stdout, requests };
}
