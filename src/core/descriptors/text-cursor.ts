/**
 * Reading descriptors piece by piece, as Core's `script/parsing.cpp` does.
 *
 * @module
 */

/** What of a text is still to be read. */
export class TextCursor {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  get rest(): string {
    return this.#rest;
  }

  get isAtEnd(): boolean {
    return this.#rest === '';
  }

  /** Steps over some characters where they come next. @returns whether they did */
  skip(characters: string): boolean {
    const comes = this.#rest.startsWith(characters);
    if (comes) this.#rest = this.#rest.slice(characters.length);
    return comes;
  }

  /** Takes what comes before the next comma or closing bracket that belongs to no bracket opened in it. Core's `Expr`. */
  expression(): string {
    let level = 0;
    let end = 0;
    for (; end < this.#rest.length; end++) {
      const character = this.#rest[end];
      if (character === '(' || character === '{') level++;
      else if (character === ')' || character === '}') {
        if (level === 0) break;
        level--;
      } else if (character === ',' && level === 0) break;
    }
    const taken = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return taken;
  }
}

/** What is between the brackets of `name(...)`; undefined where the text is not that. Core's `Func`. */
export function argumentsOf(name: string, text: string): string | undefined {
  return text.startsWith(`${name}(`) && text.endsWith(')') ? text.slice(name.length + 1, -1) : undefined;
}
