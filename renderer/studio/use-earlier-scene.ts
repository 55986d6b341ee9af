import { useStore } from 'zustand';
import { recordOf, type SceneRecord } from '../../core/document/document.ts';
import { useDocument, useOpenedProject } from '../app/studio-context.ts';

/**
 * The scene from before the last optimisation, to compare with: the steps that can be taken back still know it. Null where
 * there is none, or where it has other frames and so shows another motion.
 */
export function useEarlierScene(): SceneRecord | null {
  const { project } = useOpenedProject();
  const scene = useDocument((document) => recordOf(document, 'scene'));
  const earlier = useStore(project, () => project.earlier('scene'));
  if (!scene || earlier?.type !== 'scene') return null;
  return earlier.frames === scene.frames && earlier.asset !== scene.asset ? earlier : null;
}
