import { useId } from 'react';
import { Choices, type SelectProps } from './field.tsx';
import { classes } from './button.tsx';
import styles from './bar-select.module.css';

export interface BarSelectProps<T extends string> extends Omit<SelectProps<T>, 'hint'> {
  /** The label is only read aloud: the choice speaks for itself. */
  readonly isLabelHidden?: boolean;
  readonly className?: string | undefined;
}

/** A choice in a bar, its label before it. */
export function BarSelect<T extends string>({ label, isLabelHidden = false, className, ...choice }: BarSelectProps<T>) {
  const id = useId();
  return (
    <span className={classes(styles.choice, className)}>
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      <Choices id={id} className={styles.select} {...choice} />
    </span>
  );
}
