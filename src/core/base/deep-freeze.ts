/**
 * Freezes plain data all the way down and returns it.
 *
 * Typed arrays cannot be frozen (the language refuses it); those inside are left as they are, and nobody writes to them.
 * For constants made once: it walks everything.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
