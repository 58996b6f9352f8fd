/** A set of options, one of which may be given: `--listen` or `--no-listen`. */
export type OptionGroup = 'listening' | 'http' | 'storage' | 'rebuild';

/** One option: the same name on the command line, in the environment and in a configuration file. */
export interface Option<Value> {
  /** Kebab-case: `--db-cache`, `QUOIN_DB_CACHE`, `db-cache = …`. */
  readonly name: string;
  /** What stands after the flag in the help; undefined for a switch. */
  readonly placeholder: string | undefined;
  /** The value may be left out; then it is this text. */
  readonly bareText: string | undefined;
  /** May be given more than once; `Value` is then a list. */
  readonly many: boolean;
  readonly group: OptionGroup | undefined;
  /** What its value must be, for errors: "takes …". */
  readonly takes: string;
  readonly help: string;
  /** Undefined for a text that it does not take. */
  readonly parse: (text: string) => Value | undefined;
}

/** A value out of what every source is: one text, or several. */
export type OptionValue<Each> = Each extends Option<infer Value> ? Value : never;

type Facts = {
  readonly name: string;
  readonly takes: string;
  readonly help: string;
  readonly group?: OptionGroup;
};

/** An option with one value. */
export function single<Value>(
  facts: Facts & { readonly placeholder: string; readonly bareText?: string; readonly parse: (text: string) => Value | undefined },
): Option<Value> {
  return { ...facts, bareText: facts.bareText, many: false, group: facts.group };
}

/** An option that may be given again; each time adds to the list. In the environment the values stand with commas between them. */
export function repeated<Value>(
  facts: Facts & { readonly placeholder: string; readonly parse: (text: string) => Value | undefined },
): Option<readonly Value[]> {
  const { parse, ...rest } = facts;
  const parseList = (text: string): readonly Value[] | undefined => {
    const values = text.split(',').map((each) => parse(each.trim()));
    return values.some((value) => value === undefined) ? undefined : (values as Value[]);
  };
  return { ...rest, bareText: undefined, many: true, group: facts.group, parse: parseList };
}

/** An option that is on or off. */
export function switchOption(facts: Omit<Facts, 'takes'> & { readonly parse: (text: string) => boolean | undefined }): Option<boolean> {
  return { ...facts, takes: 'true or false', placeholder: undefined, bareText: 'true', many: false, group: facts.group };
}
