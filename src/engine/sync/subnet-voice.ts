import type { Discovery, OwnService, Sighting } from '../ports/discovery.ts';

/** Switches the words on the subnet on and off, one after another, with the network itself. */
export class SubnetVoice {
  readonly #discovery: Discovery | undefined;
  readonly #seen: (sighting: Sighting) => void;
  #isOn = false;
  #last: Promise<void> = Promise.resolve();

  /** @param seen - told of every sighting while it is on */
  constructor(discovery: Discovery | undefined, seen: (sighting: Sighting) => void) {
    this.#discovery = discovery;
    this.#seen = seen;
  }

  /** Begins to tell of ourselves, if there is something to tell, and to listen. */
  begin(own: OwnService | undefined): Promise<void> {
    return this.#then(() => {
      this.#isOn = true;
      return this.#discovery?.start(own, (sighting) => {
        if (this.#isOn) this.#seen(sighting);
      });
    });
  }

  /** Says good-bye and is silent; nothing where it is. */
  end(): Promise<void> {
    return this.#then(() => {
      if (!this.#isOn) return undefined;
      this.#isOn = false;
      return this.#discovery?.stop();
    });
  }

  #then(step: () => Promise<void> | undefined): Promise<void> {
    this.#last = this.#last.then(step);
    return this.#last;
  }
}
