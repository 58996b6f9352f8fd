import { Command } from 'commander';
import { declareOptions, settingsOf } from '../options/commander-options.ts';
import { CLIENT_OPTIONS } from '../options/node-options.ts';

/** `quoin status`: what a running node does. */
export function createStatusCommand(): Command {
  const command = new Command('status')
    .description('show what a running node does: tip, sync, peers, mempool, hash rate')
    .option('--watch', 'keep it up to date until Ctrl-C')
    .option('--json', 'for programs: one JSON object a line');
  return declareOptions(command, CLIENT_OPTIONS).action(async () => {
    const { showStatus } = await import('./status-page.ts');
    const { watch, json } = command.opts<{ watch?: boolean; json?: boolean }>();
    await showStatus({ watch: watch === true, json: json === true, settings: await settingsOf(command, CLIENT_OPTIONS) });
  });
}
