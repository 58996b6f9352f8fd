import { type Command, Option as CommanderOption } from 'commander';
import { readConfigFile } from './config-file.ts';
import { PLACE_OPTIONS } from './node-options.ts';
import type { Option } from './option.ts';
import { mergeSettings, type OptionTable, type Settings } from './settings.ts';

/** The flag with what may follow it, as commander reads it. */
function flagsOf({ name, placeholder, bareText }: Option<unknown>): string {
  if (placeholder === undefined) return `--${name}`;
  return bareText === undefined ? `--${name} <${placeholder}>` : `--${name} [${placeholder}]`;
}

/** Declares a table's options on a command. Their values are kept as texts, under the options' own names. */
export function declareOptions(command: Command, table: OptionTable): Command {
  for (const each of Object.values(table)) {
    const option = each as Option<unknown>;
    const flag = new NamedOption(flagsOf(option), option.help);
    command.addOption(option.many ? flag.argParser((text: string, before: readonly string[] = []) => [...before, text]) : flag);
  }
  return command;
}

/** An option under its own name. Commander would read `--no-listen` as the opposite of `--listen` and lose which was given. */
class NamedOption extends CommanderOption {
  constructor(flags: string, help: string) {
    super(flags, help);
    this.negate = false;
  }

  override attributeName(): string {
    return this.name();
  }
}

/**
 * What a command was told about a table's options by its command line, the environment and the configuration file.
 *
 * @throws UsageError for anything that cannot be taken
 */
export async function settingsOf<Table extends OptionTable>(command: Command, table: Table): Promise<Settings<Table>> {
  const commandLine = command.opts<Record<string, unknown>>();
  const environment = process.env;
  const { config } = mergeSettings({ config: PLACE_OPTIONS.config }, { commandLine, environment, file: undefined });
  const file = config === undefined ? undefined : await readConfigFile(config);
  return mergeSettings(table, { commandLine, environment, file });
}
