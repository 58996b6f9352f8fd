import type { Behaviour } from './behaviour.ts';

/** Announces its blocks, and gives none: whoever asks waits until its patience ends. */
export function withhold(): Behaviour {
  return {
    outgoing: (message) => {
      if (message.type === 'block' || message.type === 'blocktxn') return [];
      if (message.type === 'cmpctblock') return [{ type: 'headers', headers: [message.header] }];
      return [message];
    },
  };
}
