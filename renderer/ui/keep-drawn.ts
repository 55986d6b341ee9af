export interface DrawnCanvas {
  /** What the canvas fills. */
  readonly area: HTMLElement | null;
  readonly canvas: HTMLCanvasElement | null;
  /** Draws all of it; `density` is pixels of the canvas a pixel of the page. */
  readonly draw: (context: CanvasRenderingContext2D, density: number) => void;
  /** The area has another size, in pixels of the page, at least 1. */
  readonly onSize: (size: { readonly width: number; readonly height: number }) => void;
  /** Calls `ask` when something that is drawn changed; gives back how to end that. */
  readonly watch: (ask: () => void) => readonly (() => void)[];
}

/**
 * Keeps a canvas drawn without React: as sharp as the screen, in the colours of the theme, once a frame of the screen at
 * most. Gives back how to end that.
 */
export function keepDrawn({ area, canvas, draw, onSize, watch }: DrawnCanvas): (() => void) | undefined {
  const context = canvas?.getContext('2d');
  if (!area || !canvas || !context) return undefined;
  let request = 0;
  let density = 1;
  const ask = (): void => {
    if (request !== 0) return;
    request = requestAnimationFrame(() => {
      request = 0;
      draw(context, density);
    });
  };
  const resize = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = area;
    density = window.devicePixelRatio;
    canvas.width = Math.max(1, Math.round(width * density));
    canvas.height = Math.max(1, Math.round(height * density));
    onSize({ width: Math.max(1, width), height: Math.max(1, height) });
    ask();
  });
  resize.observe(area);
  // The theme is an attribute of the page; its colours are read while drawing.
  const theme = new MutationObserver(ask);
  theme.observe(document.documentElement, { attributes: true });
  const ends = watch(ask);
  ask();
  return () => {
    resize.disconnect();
    theme.disconnect();
    for (const end of ends) end();
    cancelAnimationFrame(request);
  };
}
