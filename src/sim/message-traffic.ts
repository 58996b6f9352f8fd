import { FRAME_HEADER_SIZE_BYTES } from '../core/wire/frame.ts';

/** What was sent under one command. */
export interface CommandTraffic {
  messages: number;
  bytes: number;
}

const COMMAND_AT = 4;
const COMMAND_BYTES = 12;

/** Counts what is sent on the network, by command. Nodes write one message at a time. */
export class MessageTraffic {
  readonly #messageStart: Uint8Array;
  readonly #commands = new Map<string, CommandTraffic>();
  messages = 0;
  bytes = 0;

  constructor(messageStart: Uint8Array) {
    this.#messageStart = messageStart;
  }

  /** Something was written. */
  count(bytes: Uint8Array): void {
    this.messages++;
    this.bytes += bytes.length;
    const command = this.#commandOf(bytes);
    const traffic = this.#commands.get(command);
    if (traffic === undefined) this.#commands.set(command, { messages: 1, bytes: bytes.length });
    else {
      traffic.messages++;
      traffic.bytes += bytes.length;
    }
  }

  /** By command, the most bytes first. `other` is what is no message of ours. */
  byCommand(): readonly (readonly [command: string, traffic: Readonly<CommandTraffic>])[] {
    return [...this.#commands].sort(([a, x], [b, y]) => y.bytes - x.bytes || (a < b ? -1 : 1));
  }

  #commandOf(bytes: Uint8Array): string {
    if (bytes.length < FRAME_HEADER_SIZE_BYTES) return 'other';
    for (let i = 0; i < COMMAND_AT; i++) if (bytes[i] !== this.#messageStart[i]) return 'other';
    let command = '';
    for (let i = COMMAND_AT; i < COMMAND_AT + COMMAND_BYTES; i++) {
      const code = bytes[i] as number;
      if (code === 0) break;
      if (code < 0x30 || code > 0x7a) return 'other';
      command += String.fromCharCode(code);
    }
    return command;
  }
}
