import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Command } from '../commands/command.ts';
import * as actions from './pose-actions.ts';
import type { PoseModel } from './pose-model.ts';
import type { PoseSessionState } from './pose-session.ts';
import { zoomView } from './view.ts';

/** What the commands ask of the main process. */
export interface PoseClient {
  readonly project: Pick<StudioClient['project'], 'exportPoses'>;
  readonly jobs: Pick<StudioClient['jobs'], 'start'>;
}

export const CONFIDENCE_STEP = 0.1;
const TURN_STEP = 5;
const SCALE_STEP = 1.05;
const ZOOM_STEP = 1.25;

/** The commands of the pose editor. All but exporting need the editor on the screen. */
export function poseCommands(model: PoseModel, client: PoseClient): readonly Command[] {
  return [
    ...editCommands(model),
    ...jointCommands(model),
    ...keyCommands(model),
    ...switchCommands(model),
    ...viewCommands(model),
    ...fileCommands(model, client),
  ];
}

const state = (model: PoseModel): PoseSessionState => model.session.getState();
const isOpen = (model: PoseModel) => (): boolean => state(model).isOpen && model.shown() !== undefined;
const isMotion = (model: PoseModel) => (): boolean => isOpen(model)() && state(model).target === 'motion';
const hasSelection = (model: PoseModel) => (): boolean => isOpen(model)() && state(model).selection.size > 0;
const hasCopy = (model: PoseModel) => (): boolean => isOpen(model)() && state(model).copied !== null;

/** A command of the pose editor on `model`. */
type Entry = Omit<Command, 'group'>;
const asPose = (entries: readonly Entry[]): Command[] => entries.map((entry) => ({ ...entry, group: 'Pose' }));

function editCommands(model: PoseModel): Command[] {
  return asPose([
    {
      id: 'pose.copy',
      label: 'Copy pose or selected joints',
      keys: ['Mod+C'],
      when: isOpen(model),
      run: () => {
        actions.copyChosen(model);
      },
    },
    {
      id: 'pose.paste',
      label: 'Paste pose',
      keys: ['Mod+V'],
      when: hasCopy(model),
      run: () => {
        actions.pasteHere(model);
      },
    },
    {
      id: 'pose.paste-to-frames',
      label: 'Paste pose to frames…',
      keys: ['Mod+Shift+V'],
      when: () => hasCopy(model)() && isMotion(model)(),
      run: () => {
        model.session.setState({ dialog: 'paste' });
      },
    },
    {
      id: 'pose.mirror',
      label: 'Mirror pose',
      keys: ['M'],
      when: isOpen(model),
      run: () => {
        actions.mirrorPose(model);
      },
    },
    {
      id: 'pose.right-to-left',
      label: 'Copy right side to left',
      when: isOpen(model),
      run: () => {
        actions.copyOneSide(model, 'right');
      },
    },
    {
      id: 'pose.left-to-right',
      label: 'Copy left side to right',
      when: isOpen(model),
      run: () => {
        actions.copyOneSide(model, 'left');
      },
    },
    {
      id: 'pose.figure',
      label: 'Place a standing figure',
      when: isOpen(model),
      run: () => {
        actions.placeFigure(model);
      },
    },
    {
      id: 'pose.reset',
      label: 'Reset to detected',
      keys: ['Shift+R'],
      when: () => isMotion(model)() && Boolean(model.shown()?.record?.original),
      run: () => {
        actions.resetToDetected(model);
      },
    },
  ]);
}

function jointCommands(model: PoseModel): Command[] {
  const turn = (degrees: number, scale?: number) => (): void => {
    actions.turnChosen(model, degrees, scale);
  };
  const confidence = (by: number) => (): void => {
    actions.changeConfidence(model, by);
  };
  return asPose([
    {
      id: 'pose.select-all',
      label: 'Select all joints',
      keys: ['Mod+A'],
      when: isOpen(model),
      run: () => {
        const shown = model.shown();
        if (shown) model.select(model.visibleJoints(shown));
      },
    },
    {
      id: 'pose.select-none',
      label: 'Select no joint',
      keys: ['Escape'],
      when: hasSelection(model),
      run: () => {
        model.select([]);
      },
    },
    {
      id: 'pose.select-group',
      label: 'Select the whole group',
      keys: ['G'],
      when: hasSelection(model),
      run: () => {
        model.selectGroups();
      },
    },
    {
      id: 'pose.delete',
      label: 'Delete selected joints',
      keys: ['Delete', 'Backspace'],
      when: hasSelection(model),
      run: () => {
        actions.deleteJoints(model);
      },
    },
    {
      id: 'pose.restore',
      label: 'Restore deleted joints',
      keys: ['Shift+Delete'],
      when: isOpen(model),
      run: () => {
        actions.restoreDeleted(model);
      },
    },
    {
      id: 'pose.hide',
      label: 'Hide selected joints',
      keys: ['H'],
      when: hasSelection(model),
      run: () => {
        const shown = model.shown();
        if (shown) actions.setHidden(model, model.chosenJoints(shown), true);
      },
    },
    {
      id: 'pose.show-all',
      label: 'Show all joints',
      keys: ['Alt+H'],
      when: isOpen(model),
      run: () => {
        actions.showAll(model);
      },
    },
    {
      id: 'pose.surer',
      label: 'More certain',
      keys: [']'],
      when: hasSelection(model),
      run: confidence(CONFIDENCE_STEP),
    },
    {
      id: 'pose.less-sure',
      label: 'Less certain',
      keys: ['['],
      when: hasSelection(model),
      run: confidence(-CONFIDENCE_STEP),
    },
    { id: 'pose.turn-right', label: 'Turn clockwise', keys: ['Alt+.'], when: isOpen(model), run: turn(TURN_STEP) },
    {
      id: 'pose.turn-left',
      label: 'Turn counter-clockwise',
      keys: ['Alt+,'],
      when: isOpen(model),
      run: turn(-TURN_STEP),
    },
    { id: 'pose.larger', label: 'Scale up', keys: ['Alt+='], when: isOpen(model), run: turn(0, SCALE_STEP) },
    { id: 'pose.smaller', label: 'Scale down', keys: ['Alt+-'], when: isOpen(model), run: turn(0, 1 / SCALE_STEP) },
  ]);
}

function keyCommands(model: PoseModel): Command[] {
  return asPose([
    {
      id: 'pose.set-keys',
      label: 'Set keys here',
      keys: ['Shift+K'],
      when: isMotion(model),
      run: () => {
        actions.setKeys(model, true);
      },
    },
    {
      id: 'pose.remove-keys',
      label: 'Remove keys here',
      keys: ['Alt+K'],
      when: () => isMotion(model)() && (model.shown()?.record?.keys.length ?? 0) > 0,
      run: () => {
        actions.setKeys(model, false);
      },
    },
    {
      id: 'pose.interpolate',
      label: 'Interpolate between the keys around here',
      keys: ['Mod+I'],
      when: isMotion(model),
      run: () => {
        actions.interpolate(model, 'here');
      },
    },
    {
      id: 'pose.interpolate-all',
      label: 'Interpolate between all keys',
      keys: ['Mod+Alt+I'],
      when: isMotion(model),
      run: () => {
        actions.interpolate(model, 'everywhere');
      },
    },
  ]);
}

type Switch = 'keepsLengths' | 'isSymmetric' | 'showsPreview';

function switchCommands(model: PoseModel): Command[] {
  const flip = (id: string, label: string, key: string, name: Switch): Entry => ({
    ...{ id, label, keys: [key], when: isOpen(model) },
    isOn: () => state(model)[name],
    run: () => {
      model.session.setState({ [name]: !state(model)[name] });
    },
  });
  return asPose([
    flip('pose.keep-lengths', 'Keep bone lengths', 'B', 'keepsLengths'),
    flip('pose.symmetric', 'Symmetric edit', 'X', 'isSymmetric'),
    flip('pose.preview', 'Show what the model sees', 'Shift+P', 'showsPreview'),
    {
      id: 'pose.onion',
      label: 'Onion skin',
      keys: ['N'],
      when: isMotion(model),
      isOn: () => state(model).onion > 0,
      run: () => {
        model.session.setState({ onion: state(model).onion > 0 ? 0 : 2 });
      },
    },
    {
      id: 'pose.rest',
      label: 'Edit the rest pose',
      when: () => state(model).isOpen,
      isOn: () => state(model).target === 'rest',
      run: () => {
        model.setTarget(state(model).target === 'rest' ? 'motion' : 'rest');
      },
    },
  ]);
}

function viewCommands(model: PoseModel): Command[] {
  const zoom = (factor: number) => (): void => {
    const shown = model.shown();
    const { area } = state(model);
    if (!shown) return;
    const middle = { x: area.width / 2, y: area.height / 2 };
    model.session.setState({ view: zoomView(model.view(shown), factor, middle) });
  };
  return asPose([
    {
      id: 'pose.fit',
      label: 'Fit the frame',
      keys: ['F'],
      when: isOpen(model),
      run: () => {
        model.session.setState({ view: null });
      },
    },
    { id: 'pose.zoom-in', label: 'Zoom in', keys: ['+', '='], when: isOpen(model), run: zoom(ZOOM_STEP) },
    { id: 'pose.zoom-out', label: 'Zoom out', keys: ['-'], when: isOpen(model), run: zoom(1 / ZOOM_STEP) },
  ]);
}

function fileCommands(model: PoseModel, client: PoseClient): Command[] {
  const project = model.project.id;
  const hasMotion = (): boolean => model.motion() !== undefined;
  const exportAs = (format: 'poses' | 'openpose') => async (): Promise<void> => {
    await model.project.settled();
    const written = await client.project.exportPoses({ project, format });
    if (written) model.notify(`Exported to ${written.fileName}`);
  };
  return asPose([
    {
      id: 'pose.import-frame',
      label: 'Import a pose into this frame…',
      when: isOpen(model),
      run: () => {
        model.session.setState({ dialog: 'import' });
      },
    },
    { id: 'pose.export', label: 'Export poses.json…', when: hasMotion, run: exportAs('poses') },
    { id: 'pose.export-openpose', label: 'Export OpenPose JSON…', when: hasMotion, run: exportAs('openpose') },
  ]);
}
