/** A command's text of 12 bytes: printable ASCII, then zeros to the end. Undefined where it is not that. */
export function commandOf(bytes: Uint8Array): string | undefined {
  let length = 0;
  while (length < bytes.length && bytes[length] !== 0) {
    const byte = bytes[length++]!;
    if (byte < 32 || byte > 126) return undefined;
  }
  for (let i = length; i < bytes.length; i++) if (bytes[i] !== 0) return undefined;
  return String.fromCharCode(...bytes.subarray(0, length));
}
