import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { Button, classes, IconButton } from '../ui/button.tsx';
import styles from './notice-list.module.css';
import { dismiss, notices } from './notices.ts';

export function NoticeList() {
  const all = useStore(notices);
  return (
    <div className={styles.list} role="log" aria-label="Messages">
      {all.map(({ id, kind, text, action }) => (
        <div key={id} className={classes(styles.notice, styles[kind])} role={kind === 'error' ? 'alert' : undefined}>
          <p className={styles.text}>{text}</p>
          {action && (
            <Button
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton
            icon={X}
            label="Close this message"
            onClick={() => {
              dismiss(id);
            }}
          />
        </div>
      ))}
    </div>
  );
}
