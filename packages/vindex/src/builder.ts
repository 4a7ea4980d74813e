// The entry `@anchorlog/vindex/builder`: apart from the main one, so that a verifier does not carry what builds.
export { recordLengthAt, splitBucket, type Posting } from './bucket.ts';
export type { FullTile } from './grow-bucket.ts';
export type { IndexBatch } from './batch.ts';
export { IndexBuilder, type IndexBuilderOptions } from './index-builder.ts';
export {
  memoryBuckets,
  memoryLists,
  type BucketStore,
  type Halves,
  type ListStore,
} from './store.ts';
export { IndexView, type IndexPage } from './view.ts';
