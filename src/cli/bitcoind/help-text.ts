import { packageVersion } from '../../platform/system/version.ts';
import { OPTION_NAMES } from './catalog.ts';

const LINE_LENGTH = 100;

/** Names with dashes in the order of the alphabet, in lines. */
function listed(names: readonly string[]): string {
  const lines = [''];
  for (const name of [...names].sort()) {
    if (name === '?') continue;
    const last = lines[lines.length - 1] as string;
    if (last.length + name.length + 4 > LINE_LENGTH) lines.push('');
    lines[lines.length - 1] += ` -${name}`;
  }
  return lines.map((line) => ` ${line}`).join('\n');
}

/** `-version`. */
export function versionText(): string {
  return `quoin version v${packageVersion()}`;
}

/** `-help`. */
export function helpText(): string {
  return `${versionText()}

Usage: quoin bitcoind [options]

Takes the options of bitcoind, from the command line and from bitcoin.conf; what each does is said in its manual.

Options that do what they do there:
${listed(OPTION_NAMES.used)}

Options that are taken and change nothing:
${listed(OPTION_NAMES.none)}

Options that are refused but for an off value:
${listed(OPTION_NAMES.absent)}`;
}
