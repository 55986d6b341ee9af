import { canFit, canUnfit } from '../../core/pose-edit/fit-motion.ts';
import type { Command } from '../commands/command.ts';
import { type JobContext } from '../inspector/start-job.ts';
import { arrange } from '../studio/workspace.ts';
import { drawnByHand } from './motion-edits.ts';
import { fitToCharacter, leaveInOwnFrame, takeMask, takeMotion, takeViews } from './source-actions.ts';

/** Where a character and its motion come from. `choosePicture` opens the page's own file dialog. */
export function sourceCommands(context: JobContext, choosePicture: () => void): readonly Command[] {
  const { project } = context;
  const hasCharacter = (): boolean => project.getState().document.has('character');
  return [
    { id: 'character.choose', label: 'Choose the picture…', group: 'File', keys: ['Mod+Shift+I'], run: choosePicture },
    {
      id: 'character.mask',
      label: 'Use a mask of your own…',
      group: 'File',
      when: hasCharacter,
      run: () => takeMask(context),
    },
    {
      id: 'character.views',
      label: 'Import 21 view pictures…',
      group: 'File',
      when: hasCharacter,
      run: () => takeViews(context),
    },
    {
      id: 'motion.import',
      label: 'Motion from a video or file…',
      group: 'File',
      run: () => takeMotion(context),
    },
    {
      id: 'motion.fit',
      label: 'Fit the motion to the character',
      group: 'Pose',
      when: () => canFit(project.getState().document),
      run: () => {
        fitToCharacter(context);
      },
    },
    {
      id: 'motion.own-frame',
      label: 'Leave the motion in its own frame',
      group: 'Pose',
      when: () => canUnfit(project.getState().document),
      run: () => {
        leaveInOwnFrame(context);
      },
    },
    {
      id: 'motion.byHand',
      label: 'Draw a motion by hand',
      group: 'Pose',
      run: () => {
        drawByHand(context);
      },
    },
  ];
}

/** Begins a motion of the artist's own, in the pose editor. */
export function drawByHand({ project }: JobContext): void {
  project.change('Draw by hand', drawnByHand);
  arrange(project, { centre: 'poses' });
}
