import { spawn } from 'node:child_process';
import type { Log } from '../../engine/ports/log.ts';

/**
 * Runs a command in the system's shell. What it prints is nobody's: programs that started the node take a word on standard error for its
 * failure. Resolves when it has ended, however that was.
 */
export function runCommand(command: string, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: 'ignore' });
    child.once('error', (error) => {
      log.warn('command-failed', { command, why: error.message });
      resolve();
    });
    child.once('exit', (code) => {
      if (code !== 0) log.warn('command-failed', { command, code: code ?? -1 });
      resolve();
    });
  });
}
