/** Pictures of a clip, decoded, as many and as large as memory allows. */
export interface ClipPictures {
  /** The decoded picture; undefined while it is on its way. */
  readonly get: (view: number, frame: number) => ImageBitmap | undefined;
  /** Decodes what is missing, the pictures of `frame` first. */
  readonly load: (frame: number) => void;
  /** Frees everything. */
  readonly close: () => void;
}

export interface ClipPicturesOptions {
  readonly views: readonly number[];
  readonly frames: number;
  /** Side of the decoded pictures in pixels. */
  readonly side: number;
  readonly url: (view: number, frame: number) => string | null;
  /** A picture is there. */
  readonly onPicture: (view: number, frame: number) => void;
}

/** Bytes that decoded pictures of one contact sheet may take. */
const BUDGET = 192e6;
const AT_ONCE = 6;

/** Side at which so many pictures fit into the budget; never more than the clip's own. */
export const affordableSide = (pictures: number, own: number): number =>
  Math.max(16, Math.min(own, Math.floor(Math.sqrt(BUDGET / 4 / Math.max(1, pictures)))));

/** Decodes the pictures of some views in the background, a few at a time, and keeps them. */
export function createClipPictures({ views, frames, side, url, onPicture }: ClipPicturesOptions): ClipPictures {
  const known = new Map<string, ImageBitmap>();
  const key = (view: number, frame: number): string => `${view} ${frame}`;
  let waiting: (readonly [view: number, frame: number])[] = [];
  let running = 0;
  let isClosed = false;
  const decode = async (view: number, frame: number): Promise<void> => {
    const source = url(view, frame);
    if (source === null) return;
    const image = new Image();
    image.src = source;
    await image.decode();
    const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight, 1));
    const bitmap = await createImageBitmap(image, {
      resizeWidth: Math.max(1, Math.round(image.naturalWidth * scale)),
      resizeHeight: Math.max(1, Math.round(image.naturalHeight * scale)),
      resizeQuality: 'medium',
    });
    if (isClosed) bitmap.close();
    else {
      known.set(key(view, frame), bitmap);
      onPicture(view, frame);
    }
  };
  const next = (): void => {
    while (running < AT_ONCE && !isClosed) {
      const picture = waiting.shift();
      if (!picture) return;
      running++;
      decode(...picture)
        .catch(() => {
          // A picture that cannot be read leaves its place empty; the others go on.
        })
        .finally(() => {
          running--;
          next();
        });
    }
  };
  return {
    get: (view, frame) => known.get(key(view, frame)),
    load: (first) => {
      const order = Array.from({ length: frames }, (_, i) => (first + i) % frames);
      waiting = order.flatMap((frame) =>
        views.filter((view) => !known.has(key(view, frame))).map((view) => [view, frame] as const),
      );
      next();
    },
    close: () => {
      isClosed = true;
      for (const bitmap of known.values()) bitmap.close();
      known.clear();
    },
  };
}
