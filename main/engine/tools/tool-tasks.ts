/**
 * What main asks of an engine process besides jobs: short work on files that nobody trusts yet, or that would hold up the
 * window. It is not queued.
 */
export type ToolTask =
  /** The first of `files` as a picture that every browser shows, kept in the project. */
  | { readonly kind: 'read-picture'; readonly name: string }
  /** The first of `files`, a folder of 21 pictures, or 21 files, kept in the project. */
  | { readonly kind: 'read-views' }
  /** The project's poses, written to `place`. */
  | { readonly kind: 'write-poses'; readonly format: 'poses' | 'openpose' }
  /** Where networks could run. */
  | { readonly kind: 'devices' }
  /** What the checkpoint in the first of `files` is. */
  | { readonly kind: 'open-model' }
  /** How that checkpoint would run here. */
  | { readonly kind: 'plan-model'; readonly steps: number };
