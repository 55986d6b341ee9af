import { type ReactNode, useId, useState } from 'react';
import styles from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** A sentence below, where the label alone does not explain it. */
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

export interface SliderProps extends FieldProps {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** The value as it is shown and read aloud. */
  readonly text?: (value: number) => string;
  readonly onChange: (value: number) => void;
  /** The hand lets go: where a gesture ends. */
  readonly onCommit?: () => void;
}

export function Slider({
  label,
  hint,
  value,
  min,
  max,
  step = 1,
  text = String,
  onChange,
  onCommit,
  disabled,
}: SliderProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <div className={styles.row}>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        <output className={styles.value} htmlFor={id}>
          {text(value)}
        </output>
      </div>
      <input
        id={id}
        className={styles.slider}
        type="range"
        {...{ value, min, max, step, disabled }}
        aria-valuetext={text(value)}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber);
        }}
        onPointerUp={onCommit}
        onKeyUp={onCommit}
        onBlur={onCommit}
      />
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}

export interface NumberFieldProps extends FieldProps {
  /** null: empty, where `placeholder` says what then holds. */
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly placeholder?: string;
  readonly onChange: (value: number | null) => void;
}

/** Takes a number when Enter is pressed or the field is left; what is no number in range is marked and not taken. */
export function NumberField({
  label,
  hint,
  value,
  min,
  max,
  step = 1,
  placeholder,
  onChange,
  disabled,
}: NumberFieldProps) {
  const id = useId();
  const shown = value === null ? '' : String(value);
  const [draft, setDraft] = useState<string>();
  const text = draft ?? shown;
  const parsed = text.trim() === '' ? null : Number(text);
  const isValid =
    parsed === null
      ? placeholder !== undefined
      : parsed >= min && parsed <= max && Math.abs(parsed / step - Math.round(parsed / step)) < 1e-6;
  const take = (): void => {
    if (draft !== undefined && isValid && parsed !== value) onChange(parsed);
    setDraft(undefined);
  };
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={styles.control}
        inputMode="decimal"
        value={text}
        {...{ placeholder, disabled }}
        aria-invalid={!isValid}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          else if (event.key === 'Escape') setDraft(undefined);
        }}
      />
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}

export interface SelectProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly disabled?: boolean }[];
  readonly onChange: (value: T) => void;
}

export function Select<T extends string>({ label, hint, value, options, onChange, disabled }: SelectProps<T>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={styles.control}
        {...{ value, disabled }}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly onChange: (value: string) => void;
}

/** Takes the text when Enter is pressed or the field is left. */
export function TextField({ label, hint, value, placeholder, maxLength, onChange, disabled }: TextFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const take = (): void => {
    if (draft !== undefined && draft !== value) onChange(draft);
    setDraft(undefined);
  };
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={styles.control}
        value={draft ?? value}
        {...{ placeholder, maxLength, disabled }}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          else if (event.key === 'Escape') setDraft(undefined);
        }}
      />
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}

export interface CheckProps extends FieldProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, hint, checked, onChange, disabled }: CheckProps) {
  return (
    <div className={styles.field}>
      <label className={styles.check}>
        <input
          type="checkbox"
          {...{ checked, disabled }}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
        {label}
      </label>
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}
