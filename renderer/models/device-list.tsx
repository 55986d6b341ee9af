import { Check, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Device } from '../../preload/contract/models.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { classes } from '../ui/button.tsx';
import styles from './models-page.module.css';

const NAMES: Readonly<Record<Device['provider'], string>> = {
  cuda: 'CUDA (NVIDIA)',
  webgpu: 'WebGPU',
  dml: 'DirectML (Windows)',
  coreml: 'Core ML (Apple)',
  cpu: 'Processor',
};

/** Where networks could run on this machine, and why not elsewhere. */
export function DeviceList() {
  const { client } = useApp();
  const [devices, setDevices] = useState<readonly Device[]>();
  useEffect(() => {
    let isWanted = true;
    client.models
      .devices()
      .then((list) => {
        if (isWanted) setDevices(list);
      })
      .catch(tellFailure);
    return () => {
      isWanted = false;
    };
  }, [client]);
  return (
    <section className={styles.note} aria-busy={devices === undefined}>
      <h2>This machine</h2>
      {devices === undefined && <p className={styles.dim}>Looking for devices…</p>}
      <ul className={styles.devices}>
        {devices?.map(({ provider, usable, note }) => (
          <li key={provider} className={styles.device}>
            {usable ? (
              <Check className={styles.usable} size="1.2em" aria-label="Usable" />
            ) : (
              <X className={styles.dim} size="1.2em" aria-label="Not usable" />
            )}
            <div>
              <span className={classes(!usable && styles.dim)}>{NAMES[provider]}</span>
              <p className={styles.small}>{note}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
