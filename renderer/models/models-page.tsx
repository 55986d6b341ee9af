import { Box, FolderPlus } from 'lucide-react';
import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { DeviceList } from './device-list.tsx';
import { ModelCard } from './model-card.tsx';
import styles from './models-page.module.css';
import { useModels } from './use-models.ts';

/** Published checkpoints on this machine, and what it could run them on. */
export function ModelsPage() {
  const { client } = useApp();
  const models = useModels();
  const add = (
    <Button
      kind="primary"
      icon={FolderPlus}
      onClick={() => {
        attempt(() => client.models.add());
      }}
    >
      Add a folder…
    </Button>
  );
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h1>Models</h1>
          <p className={styles.dim}>Only the generator “CharacterShot” needs one. The puppet needs none.</p>
        </div>
        {models !== undefined && models.length > 0 && add}
      </header>
      <div className={styles.columns}>
        <section className={styles.models} aria-label="Checkpoints" aria-busy={models === undefined}>
          {models?.length === 0 && (
            <div className={styles.empty}>
              <EmptyState icon={Box} title="No checkpoint yet" actions={add}>
                Download the published CharacterShot weights from their authors, then add the folder. It is read where
                it lies; nothing is copied or changed.
              </EmptyState>
            </div>
          )}
          {models?.map((model) => (
            <ModelCard key={model.id} model={model} />
          ))}
        </section>
        <aside className={styles.side}>
          <DeviceList />
          <Licences />
          <Untested />
        </aside>
      </div>
    </div>
  );
}

const Licences = () => (
  <section className={styles.note}>
    <h2>Licences</h2>
    <p>
      The studio ships no weights. Those of CharacterShot and of CogVideoX, which it builds on, come under licences of
      their own; that of CogVideoX-5B asks whoever earns money with it to register. Read both before you use what they
      make.
    </p>
  </section>
);

const Untested = () => (
  <section className={styles.note}>
    <h2>What is untested</h2>
    <p>
      The networks were checked against the authors’ code at toy size and on processors alone. No graphics card and no
      published weights were at hand: times and memory on a card are worked out, not measured, and a first run may show
      what nobody has seen yet.
    </p>
  </section>
);
