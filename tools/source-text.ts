/**
 * Reads TypeScript just well enough for the house's checks: comments and strings blanked out, imports, exported names, long functions.
 *
 * @module
 */

/** One import of a source. */
export interface ImportLine {
  readonly specifier: string;
  /** `import type` or `export type … from`: gone when it is compiled. */
  readonly typeOnly: boolean;
}

/** A piece of syntax that hides braces and words: comments, strings, templates, regular expressions behind an operator. */
const HIDING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;

/** The source with comments, strings and regular expressions replaced by spaces; lines and columns stay. */
export function blanked(source: string): string {
  return source.replace(HIDING, (text) => text.replace(/[^\n]/g, ' '));
}

/** Only comments blanked: strings stay, for what is imported. */
function withoutComments(source: string): string {
  return source.replace(HIDING, (text) => (text.startsWith('/*') || text.startsWith('//') ? text.replace(/[^\n]/g, ' ') : text));
}

/** Every static or dynamic import and re-export. */
export function importsOf(source: string): ImportLine[] {
  const found: ImportLine[] = [];
  const text = withoutComments(source);
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"`]*?from\s*'([^']+)'/gm)) {
    found.push({ specifier: match[2]!, typeOnly: match[1] !== undefined });
  }
  for (const match of text.matchAll(/^import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/gm)) {
    found.push({ specifier: (match[1] ?? match[2])!, typeOnly: false });
  }
  return found;
}

/** Exported declarations without a comment right before them. */
export function undocumentedExports(source: string): string[] {
  const found: string[] = [];
  const lines = source.split('\n');
  let name: string | undefined;
  lines.forEach((line, i) => {
    const match = /^export (?:async )?(?:abstract )?(?:function\*?|class|interface|type|const|let) (\w+)/.exec(line);
    if (match === null) return;
    const before = lines[i - 1]?.trim() ?? '';
    // Overloads of one function share the comment of the first.
    if (!before.endsWith('*/') && match[1] !== name) found.push(`${i + 1}: ${match[1]}`);
    name = match[1];
  });
  return found;
}

/** What begins a function's body when it stands right before a brace. */
const FUNCTION_HEAD =
  /(?:\bfunction\b[^{};]*|=>\s*|(?:^|[;{}\n])\s*(?:(?:static|async|get|set|override|public|\*)\s+)*[#\w]+(?:<[^{}]*>)?\([^{};]*\)(?::[^{};]*)?\s*)$/;
const STATEMENT_HEAD = /(?:^|[;{}\s])(?:if|for|while|switch|catch|with)\s*\([^{};]*\)\s*$/;

/** Functions of more than `most` lines, by the line they begin in. A function's own inner functions count with it. */
export function longFunctions(source: string, most: number): string[] {
  const text = blanked(source);
  const found: string[] = [];
  const open: { readonly at: number; readonly isFunction: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') {
      const head = text.slice(Math.max(0, i - 400), i);
      open.push({ at: i, isFunction: FUNCTION_HEAD.test(head) && !STATEMENT_HEAD.test(head) });
    } else if (text[i] === '}') {
      const block = open.pop();
      if (block?.isFunction !== true) continue;
      const lines = text.slice(block.at, i).split('\n').length;
      // A function that only lays out others, as describe() does or a class expression, is not in sources; tests are not measured.
      if (lines > most) found.push(`${text.slice(0, block.at).split('\n').length}: ${lines} lines`);
    }
  }
  return found;
}
