/** What the test says to the process of the stand-in. */
export type ToHost =
  /** The next dialog is answered with these paths; none: given up. */
  | { readonly type: 'answer'; readonly paths: readonly string[] }
  | { readonly type: 'menu'; readonly id: string }
  | { readonly type: 'open-file'; readonly path: string }
  | { readonly type: 'quit' };

/** What the stand-in says to the test. */
export type FromHost =
  | {
      readonly type: 'window';
      readonly window: number;
      readonly url: string;
      readonly preload: string;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: 'closed'; readonly window: number }
  | { readonly type: 'reload'; readonly window: number }
  | { readonly type: 'dialog'; readonly options: string }
  | { readonly type: 'reveal'; readonly path: string }
  | { readonly type: 'link'; readonly url: string }
  | { readonly type: 'clipboard'; readonly text: string }
  | { readonly type: 'error'; readonly text: string };
