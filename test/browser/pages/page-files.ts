/**
 * Files of the repository as a page reads them, one after another and waiting for each, as tests in Node do.
 *
 * @module
 */

function load(path: string): XMLHttpRequest {
  const request = new XMLHttpRequest();
  request.open('GET', path, false);
  // Bytes as they are, one a character.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${path}: ${request.status}`);
  return request;
}

/** The bytes of a file that the test's server has. */
export function readBytes(path: string): Uint8Array {
  const text = load(path).responseText;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

/** The same as text. */
export function readText(path: string): string {
  return new TextDecoder().decode(readBytes(path));
}
