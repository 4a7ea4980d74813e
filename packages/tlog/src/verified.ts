declare const verified: unique symbol;

/** A `T` whose signatures were checked. Made only by the `open…` functions, so that what was merely parsed cannot pass for it. */
export type Verified<T> = T & { readonly [verified]: true };
