// The entry `@anchorlog/vindex/builder`: apart from the main one, so that a verifier does not carry what builds.
export type { FullTile, Posting } from './bucket.ts';
export { IndexBuilder, type IndexBatch, type IndexBuilderOptions } from './index-builder.ts';
export { memoryBuckets, memoryLists, type BucketStore, type ListStore } from './store.ts';
export { IndexView, type IndexPage } from './view.ts';
