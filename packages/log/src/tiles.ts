/** Where published files are read: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles). */
export interface TileSource {
  /** Give a file, undefined if there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Where a log publishes. Files other than `checkpoint` are written once and stay; what is written again is the same. */
export interface TileSink extends TileSource {
  /** Write files; they are durable, and each whole or absent, when this resolves. */
  write(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void>;
  /** Remove partial tiles and bundles `<path>.p/` that a full one has replaced; none is no error. */
  removePartial(path: string): Promise<void>;
}

/** Publish to, or read from, a folder that any web server can serve. It is made when first written to. */
export function directoryTiles(_dir: string): TileSink {
  throw new Error('not built yet');
}
