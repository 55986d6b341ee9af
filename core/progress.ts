/**
 * What a long task says about itself. One task is one `begin`, any number of `tick`s and one `end` or `failed`;
 * tasks follow one another, they do not nest. Whoever listens works out the rate and the time left.
 */
export type Progress =
  | {
      readonly type: 'begin';
      /** What is being done, as a phrase: "Rendering views". */
      readonly task: string;
      /** How many `unit`s there are to do; 0 where that is not known. */
      readonly total: number;
      readonly unit: string;
    }
  | {
      readonly type: 'tick';
      /** How many are done, including what an earlier run had done. */
      readonly done: number;
      /** How it goes, in a few words: "PSNR 31.2 dB". */
      readonly note?: string;
      /** Where the task is one of several that make up a whole. */
      readonly whole?: WholeProgress;
    }
  | { readonly type: 'end' }
  | { readonly type: 'failed' };

/** How far all tasks together are. */
export interface WholeProgress {
  /** 0..1 */
  readonly share: number;
  /** Missing while it cannot be told. */
  readonly secondsLeft?: number;
}

export type OnProgress = (progress: Progress) => void;

/**
 * Runs `work` as one task: begins it, hands `work` the tick function, and ends it, also when `work` throws.
 */
export async function asTask<T>(
  onProgress: OnProgress | undefined,
  begin: { readonly task: string; readonly total: number; readonly unit: string },
  work: (tick: (done: number, note?: string) => void) => Promise<T>,
): Promise<T> {
  onProgress?.({ type: 'begin', ...begin });
  try {
    const result = await work((done, note) => {
      onProgress?.({ type: 'tick', done, ...(note === undefined ? {} : { note }) });
    });
    onProgress?.({ type: 'end' });
    return result;
  } catch (error) {
    onProgress?.({ type: 'failed' });
    throw error;
  }
}
