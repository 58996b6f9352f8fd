import { ArgumentError, type FileEntry } from './arguments.ts';

/** What stands before the last dot of a name is its section. */
function entryOf(section: string, name: string, text: string): FileEntry {
  const whole = section === '' ? name : `${section}.${name}`;
  const dot = whole.lastIndexOf('.');
  return dot < 0 ? { section: '', name: whole, text } : { section: whole.slice(0, dot), name: whole.slice(dot + 1), text };
}

/** The lines of a `bitcoin.conf`. @throws ArgumentError naming the line that cannot be read */
export function parseConf(content: string): readonly FileEntry[] {
  const entries: FileEntry[] = [];
  let section = '';
  for (const [index, line] of content.split('\n').entries()) {
    const hash = line.indexOf('#');
    const text = (hash < 0 ? line : line.slice(0, hash)).trim();
    const where = `parse error on line ${index + 1}`;
    const split = text.indexOf('=');
    if (text === '') continue;
    if (text.startsWith('[') && text.endsWith(']')) {
      section = text.slice(1, -1);
    } else if (text.startsWith('-')) {
      throw new ArgumentError(`${where}: ${text}, options in configuration file must be specified without leading -`);
    } else if (split < 0) {
      const hint = text.startsWith('no') ? `, if you intended to specify a negated option, use ${text}=1 instead` : '';
      throw new ArgumentError(`${where}: ${text}${hint}`);
    } else {
      const name = text.slice(0, split).trim();
      if (hash >= 0 && name.includes('rpcpassword')) {
        throw new ArgumentError(`${where}, using # in rpcpassword can be ambiguous and should be avoided`);
      }
      entries.push(entryOf(section, name, text.slice(split + 1).trim()));
    }
  }
  return entries;
}
