/**
 * The world failed: a disk, a port, a file that is not ours. Each code with its meaning, in one place.
 */
export const NODE_ERRORS = {
  'block-file-damaged': 'A block file has other bytes than were written.',
  'undo-file-damaged': 'An undo record fails its checksum.',
  'database-damaged': 'A database cannot be read.',
  'data-dir-locked': 'Another process uses the data folder.',
  'data-dir-network': 'The data folder belongs to another network.',
  'data-dir-version': 'The data folder was written by a newer version.',
  'data-dir-unusable': 'The data folder cannot be made, read or written.',
  'disk-full': 'The disk has no room left.',
  'disk-low': 'The disk has less room left than the node keeps free to stop in order.',
  'dial-failed': 'No connection to a peer could be made.',
  'proxy-failed': 'A proxy refused a connection, or does not speak SOCKS5.',
  'port-in-use': 'Something else listens on this address.',
  'listen-failed': 'This address cannot be listened on.',
  'network-file': 'A network file is broken.',
  'wallet-file': 'A wallet file is broken or of a newer version.',
  'mempool-not-loaded': 'The waiting transactions of the last run are not all back yet.',
  'mempool-file-unread': 'A file of waiting transactions is not there or cannot be read.',
  'file-exists': 'A file that was to be made is there already.',
  'file-unwritable': 'A file cannot be made where it was to be.',
  'file-unreadable': 'A file that was to be read is not there, or cannot be opened.',
  'snapshot-invalid': 'The coins that were loaded from a file are not those of the chain.',
  'clock-behind': 'The clock is too far behind the chain: no block can be made whose time is allowed.',
  'worker-failed': 'A worker thread ended by itself.',
  'option-invalid': 'An option has a value that it cannot have.',
} as const;

/** One of the codes of `NODE_ERRORS`. */
export type NodeErrorCode = keyof typeof NODE_ERRORS;

/** A failure of the world around the node. The message says what happened and what to do. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  readonly code: NodeErrorCode;

  constructor(code: NodeErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
