/** A command's text of 12 bytes: printable ASCII, then zeros to the end. Undefined where it is not that. */
export function commandOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const [i, byte] of bytes.entries()) {
    if (byte === 0) return bytes.subarray(i).every((rest) => rest === 0) ? text : undefined;
    if (byte < 32 || byte > 126) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
