import { ClipboardPaste, Diamond, DiamondMinus, Spline } from 'lucide-react';
import { useStore } from 'zustand';
import type { Easing } from '../../core/pose-edit/interpolate-keys.ts';
import type { Command } from '../commands/command.ts';
import { Select } from '../ui/field.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import styles from './pose-editor.module.css';
import type { PoseModel } from './pose-model.ts';
import type { PoseSessionState } from './pose-session.ts';
import type { ShownPose } from './shown-pose.ts';
import { isSameList, useShown } from './use-shown.ts';

const EASING_LABELS: readonly { readonly value: Easing; readonly label: string }[] = [
  { value: 'linear', label: 'Linear' },
  { value: 'ease', label: 'Ease in and out' },
  { value: 'ease-in', label: 'Ease in' },
  { value: 'ease-out', label: 'Ease out' },
  { value: 'hold', label: 'Hold, then jump' },
];

const digest = (shown: ShownPose | undefined, { selection, copied }: PoseSessionState): readonly unknown[] => [
  shown?.record?.keys.length,
  selection.size > 0,
  copied !== null,
];

/** Keys of the selected groups, or of all, and what is made between them. */
export function KeysPanel({ model, commands }: { readonly model: PoseModel; readonly commands: readonly Command[] }) {
  useShown(model, digest, isSameList);
  const easing = useStore(model.session, (state) => state.easing);
  return (
    <div className={styles.fields}>
      <div className={styles.pair}>
        <CommandButton commands={commands} id="pose.set-keys" icon={Diamond} text="Set keys" />
        <CommandButton commands={commands} id="pose.remove-keys" icon={DiamondMinus} text="Remove" />
      </div>
      <Select
        label="Between keys"
        value={easing}
        options={EASING_LABELS}
        onChange={(value) => {
          model.session.setState({ easing: value });
        }}
      />
      <div className={styles.pair}>
        <CommandButton commands={commands} id="pose.interpolate" icon={Spline} text="Fill here" />
        <CommandButton commands={commands} id="pose.interpolate-all" icon={Spline} text="Fill all" />
      </div>
      <CommandButton commands={commands} id="pose.paste-to-frames" icon={ClipboardPaste} text="Paste to frames…" />
    </div>
  );
}
