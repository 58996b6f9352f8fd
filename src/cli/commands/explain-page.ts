/**
 * A verdict as lines for people.
 *
 * @module
 */

import type { ExplanationJson } from '../../doors/http/explain-view.ts';
import { formatCount } from '../output/format.ts';
import { cutToWidth, type Paint } from '../output/terminal.ts';

type RejectionJson = NonNullable<ExplanationJson['rejection']>;
type ScriptJson = NonNullable<RejectionJson['script']>;
type StepJson = ScriptJson['steps'][number];
type StackJson = StepJson['stack'];

/** Elements of a stack in a line, and digits of each: a key's beginning tells it from others. */
const ELEMENTS_SHOWN = 4;
const DIGITS_SHOWN = 16;

/** Width of lines that are not written to a terminal: wide enough for a row of the trace. */
const COLUMNS_DEFAULT = 160;

/** How a page is written. */
export interface PageStyle {
  readonly paint: Paint;
  readonly columns: number | undefined;
}

const BLAME_WORDS = {
  maker: 'whoever made it, and whoever passes it on',
  sender: 'whoever sent these bytes: others with the same hash may be valid',
  nobody: 'nobody',
} as const;

function elementText({ hex, size }: StackJson['top'][number]): string {
  if (size === 0) return "''";
  return hex.length > DIGITS_SHOWN || hex.length < 2 * size ? `${hex.slice(0, DIGITS_SHOWN)}…` : hex;
}

/** A stack from left to right, its top last. */
function stackText({ count, top }: StackJson): string {
  const shown = top.slice(-ELEMENTS_SHOWN).map(elementText);
  const hidden = count - shown.length;
  return [...(hidden > 0 ? [`(${formatCount(hidden)} below)`] : []), ...shown].join(' ');
}

function operationText({ data, opcode }: StepJson): string {
  return data === undefined ? opcode : `${opcode} ${elementText(data)}`;
}

/** Rows with their columns below each other; the last column is as long as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function traceLines({ end, error, stepCount, steps }: ScriptJson, { columns = COLUMNS_DEFAULT, paint }: PageStyle): string[] {
  if (steps.length === 0) return [];
  const rows = steps.map((step) => {
    const alternative = step.altStack.count === 0 ? '' : `   alt: ${stackText(step.altStack)}`;
    return [step.role, String(step.offset), operationText(step), `${stackText(step.stack)}${alternative}`];
  });
  const [head = '', ...lines] = table([['script', 'at', 'operation', 'stack before it, the top last'], ...rows]);
  const styled = lines.map((line, index) => {
    const step = steps[index];
    if (step?.error !== undefined) return paint('bad', cutToWidth(`✗ ${line}`, columns));
    return cutToWidth(step?.executed === false ? paint('dim', `· ${line}`) : `  ${line}`, columns);
  });
  const hidden = stepCount - steps.length;
  const ending = end === undefined ? [] : [cutToWidth(`  in the end: ${stackText(end) || 'nothing on the stack'} (${error})`, columns)];
  return [
    '',
    ...(hidden > 0 ? [`  ${formatCount(hidden)} operations before these`] : []),
    paint('dim', cutToWidth(`  ${head}`, columns)),
    ...styled,
    ...ending,
  ];
}

function placeText({ input, output, prevout, transaction, txid }: RejectionJson['position']): string | undefined {
  const part = input !== undefined ? `input ${input}` : output !== undefined ? `output ${output}` : undefined;
  const whole = transaction === undefined ? undefined : `transaction ${transaction} (${txid})`;
  const place = [part, whole].filter((each) => each !== undefined).join(' of ');
  if (place === '') return undefined;
  return prevout === undefined ? place : `${place}, which spends ${prevout.txid}:${prevout.index}`;
}

function refusalLines(rejection: RejectionJson, style: PageStyle): string[] {
  const { blame, detail, kind, position, reason, rule, script, source, validInBlock } = rejection;
  const { paint } = style;
  const facts = Object.entries(detail).map(([name, value]) => `${name} ${value}`);
  const row = (name: string, text: string | undefined): string[] => (text ? [`  ${paint('dim', name.padEnd(8))} ${text}`] : []);
  const inBlock = validInBlock === undefined ? undefined : validInBlock ? 'its scripts would hold' : 'its scripts would fail too';
  return [
    `${paint('bad', 'refused')}: ${paint('strong', reason)} (${kind})`,
    ...row('rule', rule),
    ...row('source', source),
    ...row('blame', BLAME_WORDS[blame as keyof typeof BLAME_WORDS]),
    ...row('where', placeText(position)),
    ...row('with', facts.join(', ')),
    ...row('in block', inBlock),
    ...(script === undefined ? [] : [...row('script', script.text), ...row('spends', `${script.value} by ${script.scriptPubKey.hex}`)]),
    ...(script === undefined ? [] : [...row('held to', script.flags.join(' ')), ...traceLines(script, style)]),
  ];
}

/** The page of a verdict. */
export function explanationPage(explanation: ExplanationJson, style: PageStyle): string[] {
  const { checked = [], id, kind, rejection, unchecked } = explanation;
  const title = `${kind} ${id}`;
  if (rejection !== undefined) return [title, ...refusalLines(rejection, style)];
  const looked = `  rules that hold: ${checked.join(', ')}`;
  return [title, style.paint('good', 'breaks no rule that was looked at'), looked, ...(unchecked === undefined ? [] : [`  ${unchecked}`])];
}
