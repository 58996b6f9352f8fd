/**
 * Nominal types: values that are compared get a brand, so that two kinds of 32 bytes are never mixed up.
 * A brand exists only for the compiler and costs nothing at run time.
 *
 * @module
 */

declare const brand: unique symbol;

/** `T`, told apart from every other `T` by `Name`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
