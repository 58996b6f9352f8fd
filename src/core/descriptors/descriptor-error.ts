/** Why a text is no descriptor, in Core's words; empty where Core has none, which is where something follows a whole descriptor. */
export class DescriptorError extends Error {
  override readonly name = 'DescriptorError';
}

/** Does something, and puts a few words before what it finds wrong. */
export function within<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof DescriptorError) throw new DescriptorError(prefix + error.message);
    throw error;
  }
}
