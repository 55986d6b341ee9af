import { jointsInBox } from '../../../core/pose-edit/hit-test.ts';
import type { PoseModel } from '../pose-model.ts';
import { toFrame } from '../view.ts';
import { idle } from './idle.ts';
import { CLICK_SLOP, type PointerInput, type ToolState } from './tool-state.ts';

/** A box is drawn; what lies in it is selected, with Shift besides what was. A click beside everything selects nothing. */
export function boxing(model: PoseModel, down: PointerInput): ToolState {
  const before = model.session.getState().selection;
  const kept = down.shift ? [...before] : [];
  return {
    name: 'box',
    pointerMove: ({ at }) => {
      const shown = model.shown();
      const isMove = Math.hypot(at.x - down.at.x, at.y - down.at.y) >= CLICK_SLOP;
      if (!shown || (!isMove && !model.session.getState().box)) return undefined;
      const view = model.view(shown);
      const box = { from: toFrame(view, down.at), to: toFrame(view, at) };
      const inside = jointsInBox(shown.points, model.visibleJoints(shown), box);
      model.session.setState({ box, selection: new Set([...kept, ...inside]) });
      return undefined;
    },
    pointerUp: () => {
      if (!model.session.getState().box) model.select(kept);
      return idle(model);
    },
    cancel: () => {
      model.session.setState({ selection: before });
      return idle(model);
    },
    exit: () => {
      model.session.setState({ box: null });
    },
  };
}
