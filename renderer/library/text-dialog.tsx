import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';

export interface TextDialogProps {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly onTake: (text: string) => void;
  readonly onClose: () => void;
}

/** Asks for one line of text. */
export function TextDialog({ title, label, value, onTake, onClose }: TextDialogProps) {
  const [text, setText] = useState(value);
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button
        kind="primary"
        onClick={() => {
          onTake(text);
          onClose();
        }}
      >
        OK
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <TextField label={label} value={text} maxLength={1000} onChange={setText} />
    </Dialog>
  );
}
