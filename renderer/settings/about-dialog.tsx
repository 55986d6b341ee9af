import { attempt } from '../app/notices.ts';
import { Mark } from '../app/mark.tsx';
import { useApp } from '../app/studio-context.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './about-dialog.module.css';

export function AboutDialog({ onClose }: { readonly onClose: () => void }) {
  const { client, state } = useApp();
  const actions = (
    <>
      <Button
        onClick={() => {
          attempt(() => client.studio.openLink({ link: 'licences' }));
        }}
      >
        Licences
      </Button>
      <Button
        onClick={() => {
          runCommand(findCommand('help.diagnostics'));
        }}
      >
        Copy diagnostics
      </Button>
    </>
  );
  return (
    <Dialog title="About" onClose={onClose} actions={actions}>
      <div className={styles.head}>
        <Mark className={styles.mark} />
        <div>
          <h2>CharacterShot Studio</h2>
          <p>Version {state.version}</p>
        </div>
      </div>
      <p>
        From one picture of a character and one 2D pose sequence to that character in 4D, on your own machine: no
        account, no cloud, nothing is sent anywhere.
      </p>
      <p>
        It implements the method of the CharacterShot paper. The puppet that needs no checkpoint is the studio&apos;s
        own. The networks of the published checkpoints have been checked number by number at small size; no graphics
        card has run them yet.
      </p>
    </Dialog>
  );
}
