import { type ReactNode, useId } from 'react';
import { classes } from './button.tsx';
import styles from './choice-cards.module.css';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** One plain sentence. */
  readonly hint?: ReactNode;
}

export interface ChoiceCardsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  /** Side by side as far as they fit, instead of one below the other. */
  readonly sideBySide?: boolean;
}

/** One of a few things, each with a sentence that says what it means. */
export function ChoiceCards<T extends string>({
  label,
  value,
  choices,
  onChange,
  sideBySide = false,
}: ChoiceCardsProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{label}</legend>
      <div className={classes(styles.cards, sideBySide && styles.sideBySide)}>
        {choices.map((choice) => (
          <label key={choice.value} className={styles.card}>
            <input
              type="radio"
              name={name}
              className={styles.radio}
              checked={choice.value === value}
              onChange={() => {
                onChange(choice.value);
              }}
            />
            <span className={styles.words}>
              <span className={styles.label}>{choice.label}</span>
              {choice.hint !== undefined && <span className={styles.hint}>{choice.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
