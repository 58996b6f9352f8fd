import { toHex } from '../../core/base/bytes.ts';
import { explainNetwork } from '../../core/params/explain-network.ts';
import { NetworkFileError } from '../../core/params/network-file.ts';
import { networkToFile } from '../../core/params/network-json.ts';
import { loadNetworkFile } from '../../core/params/networks.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { CommandError } from '../failure.ts';
import { loadNetwork, readNetworkText } from '../options/place.ts';

/** What tells one network from another. */
export function networkFacts(params: NetworkParams): {
  readonly name: string;
  readonly messageStart: string;
  readonly genesisHash: string;
} {
  return {
    name: params.name,
    messageStart: toHex(params.messageStart),
    genesisHash: toDisplayHex(params.consensus.genesisHash),
  };
}

/** The same for people. */
export function factLines(params: NetworkParams): readonly string[] {
  const { name, messageStart, genesisHash } = networkFacts(params);
  return [`network        ${name}`, `message start  ${messageStart}`, `genesis        ${genesisHash}`];
}

/** Every field with its meaning, in columns. */
function explanation(params: NetworkParams): readonly string[] {
  const facts = explainNetwork(params);
  const width = Math.max(...facts.map(({ field }) => field.length));
  return facts.map(({ field, value, note }) => `${field.padEnd(width)}  ${value}${note === '' ? '' : `  (${note})`}`);
}

/** The network in a text, or everything that is wrong with it. */
function networkOrProblems(text: string): NetworkParams | NetworkFileError {
  try {
    return loadNetworkFile(text);
  } catch (error) {
    if (error instanceof NetworkFileError) return error;
    throw error;
  }
}

/** `quoin network check`. */
export async function networkCheck(path: string, options: { readonly json?: boolean }): Promise<void> {
  const text = await readNetworkText(path);
  if (text === undefined) throw new CommandError(`${path} is not there: name the file of a network`);
  const result = networkOrProblems(text);
  if (!(result instanceof NetworkFileError)) {
    if (options.json === true) console.log(JSON.stringify({ valid: true, ...networkFacts(result), fields: explainNetwork(result) }));
    else console.log([...factLines(result), '', ...explanation(result)].join('\n'));
    return;
  }
  const { problems } = result;
  if (options.json === true) console.log(JSON.stringify({ valid: false, problems }));
  else console.log(problems.map(({ field, problem }) => `${field === '' ? 'the file' : field} ${problem}`).join('\n'));
  throw new CommandError(
    `${path} is no usable network file: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}, told above`,
  );
}

/** `quoin network show`. */
export async function networkShow(nameOrPath: string, options: { readonly explain?: boolean }): Promise<void> {
  const params = await loadNetwork(nameOrPath);
  if (options.explain === true) console.log(explanation(params).join('\n'));
  else console.log(JSON.stringify(networkToFile(params), undefined, 2));
}
