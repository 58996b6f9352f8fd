import { setTimeout as delay } from 'node:timers/promises';
import { findNode, type NodeClient } from '../client/node-client.ts';
import { type NodeFacts, readFacts } from '../client/node-facts.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import type { Settings } from '../options/settings.ts';
import { formatBytes, formatCount, formatDuration, formatHashRate, formatPercent } from '../output/format.ts';
import { isLive, LiveLines, type Paint, paintFor } from '../output/terminal.ts';

const LOOK_INTERVAL_MS = 1_000;

function syncWords({ status }: NodeFacts, paint: Paint): string {
  const { inSync, height, headers, progress, blocksPerSecond, secondsLeft } = status;
  if (inSync) return paint('good', 'in sync');
  const parts = [`block ${formatCount(height)} of ${formatCount(headers)}`, formatPercent(progress)];
  if (blocksPerSecond > 0) parts.push(`${formatCount(Math.round(blocksPerSecond))} blocks/s`);
  if (secondsLeft !== null) parts.push(`${formatDuration(secondsLeft)} left`);
  return paint('warn', parts.join(', '));
}

function peerWords({ status: { peers, peersOnSubnet = 0 } }: NodeFacts, paint: Paint): string {
  if (peers === 0) return paint('warn', 'none');
  return peersOnSubnet === 0 ? String(peers) : `${peers}, ${peersOnSubnet} of them on the subnet`;
}

/** The page, line by line. */
export function statusPage(facts: NodeFacts, options: { readonly url: string; readonly paint: Paint }): string[] {
  const { status, mining } = facts;
  const { paint } = options;
  const { count, vsize } = status.mempool;
  const work = `${formatHashRate(mining.hashRate)} on ${mining.workers} threads, ${formatCount(mining.blocksFound)} blocks found`;
  return [
    `${paint('strong', status.network)}  ${paint('dim', options.url)}`,
    `tip      ${formatCount(status.height)}  ${paint('dim', status.bestBlockHash)}`,
    `sync     ${syncWords(facts, paint)}`,
    `peers    ${peerWords(facts, paint)}`,
    `mempool  ${formatCount(count)} transactions, ${formatBytes(vsize)}`,
    `mining   ${mining.running ? paint('good', work) : 'not running'}`,
  ];
}

/** Shows the page again and again. On a terminal it stays in place, elsewhere it comes when something changed. */
async function watchStatus(node: NodeClient, json: boolean): Promise<never> {
  const { stdout, env } = process;
  process.once('SIGINT', () => process.exit(0));
  process.once('SIGTERM', () => process.exit(0));
  const live = isLive(stdout, env) && !json ? new LiveLines(stdout) : undefined;
  const paint = paintFor(stdout, env);
  let last = '';
  for (;;) {
    const facts = await readFacts(node);
    const page = statusPage(facts, { url: node.url, paint });
    const text = json ? JSON.stringify({ ...facts.status, mining: facts.mining }) : page.join('\n');
    if (live !== undefined) live.show(page);
    else if (text !== last) console.log(text);
    last = text;
    await delay(LOOK_INTERVAL_MS);
  }
}

/** `quoin status`. */
export async function showStatus(options: {
  readonly watch: boolean;
  readonly json: boolean;
  readonly settings: Settings<typeof CLIENT_OPTIONS>;
}): Promise<void> {
  const node = await findNode(options.settings);
  if (options.watch) await watchStatus(node, options.json);
  const facts = await readFacts(node);
  if (options.json) console.log(JSON.stringify({ ...facts.status, mining: facts.mining }));
  else console.log(statusPage(facts, { url: node.url, paint: paintFor(process.stdout, process.env) }).join('\n'));
}
