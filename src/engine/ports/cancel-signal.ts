/** Tells long work to end. An `AbortSignal` fits. */
export interface CancelSignal {
  readonly aborted: boolean;
}
