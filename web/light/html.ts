/**
 * The page `/light`: the light client in the reader's browser, each of its steps shown.
 *
 * Owns what is shown and what is asked of the reader. Does not own a decision: `quoin/light` makes them. Begin with main.ts, which joins the
 * client and the document; state.ts says what the page knows, view.ts makes markup of it. All but main.ts is pure and tested beside it.
 *
 * @module
 */

/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | bigint | Markup | readonly Markup[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function markupOf(value: Value): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

/** Markup with values in it, every text of them escaped, between tags and in quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: parts.reduce((text, part, i) => text + markupOf(values[i - 1]) + part) };
}
