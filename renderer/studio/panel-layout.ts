import type { Panels } from '../../preload/contract/studio.ts';

export type PanelName = 'left' | 'right' | 'bottom';

/** How large a panel is and may become, in pixels. */
export interface PanelSize {
  /** 0 for one that is hidden. Of the bottom null: as high as what is in it, within `max`. */
  readonly now: number | null;
  readonly min: number;
  readonly max: number;
}

export interface Room {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the page's font size: sizes are kept in it, so that panels grow with the text in them. */
  readonly em: number;
}

/** The stage keeps so much of the width whatever is asked of the sides, and so much of the height. */
const STAGE_WIDTH = 0.4;
const STAGE_HEIGHT = 0.4;

/** Of each side: its size of its own accord, and its smallest, in font sizes and never more than a share of the width. */
const SIDES = {
  left: { usual: [17, 0.24], least: [11, 0.2] },
  right: { usual: [20, 0.28], least: [13, 0.24] },
} as const;
const LEAST_BOTTOM = [4, 0.25] as const;

/** Sizes as near to the wanted ones as the room allows; all within it, however small it is or large they are. */
export function panelLayout(panels: Panels, { width, height, em }: Room): Readonly<Record<PanelName, PanelSize>> {
  const size = ([ems, share]: readonly [number, number], of: number): number => Math.min(ems * em, share * of);
  const hidden = (name: PanelName): boolean => panels.hidden.includes(name);
  const sides = width * (1 - STAGE_WIDTH);
  const side = (name: 'left' | 'right') => {
    const least = size(SIDES[name].least, width);
    const kept = panels[name];
    const wanted = kept === null ? size(SIDES[name].usual, width) : Math.max(kept * em, least);
    return { least, wanted: hidden(name) ? 0 : wanted, spare: hidden(name) ? 0 : wanted - least };
  };
  const [left, right] = [side('left'), side('right')];
  // What is too much is taken from both, by what each could give.
  const over = Math.max(left.wanted + right.wanted - sides, 0);
  const spare = left.spare + right.spare;
  const shrunk = ({ wanted, spare: own }: typeof left): number => wanted - (spare > 0 ? (over * own) / spare : 0);
  const now = { left: shrunk(left), right: shrunk(right) };
  const least = size(LEAST_BOTTOM, height);
  const most = Math.max(height * (1 - STAGE_HEIGHT), least);
  const bottom = panels.bottom === null ? null : Math.min(Math.max(panels.bottom * em, least), most);
  return {
    left: { now: now.left, min: left.least, max: sides - now.right },
    right: { now: now.right, min: right.least, max: sides - now.left },
    bottom: { now: hidden('bottom') ? 0 : bottom, min: least, max: most },
  };
}
