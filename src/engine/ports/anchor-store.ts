import type { NetworkAddress } from '../../core/wire/network-address.ts';

/** Where the peers are kept that are called first after a restart. */
export interface AnchorStore {
  /** What was kept, once: it is forgotten as it is read, so that anchors which bring a node down do so once. */
  take(): Promise<readonly NetworkAddress[]>;
  /** Replaces what was kept. */
  save(anchors: readonly NetworkAddress[]): Promise<void>;
}
