import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import styles from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** A sentence below, where the label alone does not explain it. */
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

interface LabelledProps extends FieldProps {
  readonly id: string;
  /** What it is now, opposite the label. */
  readonly value?: string;
  readonly children: ReactNode;
}

function Labelled({ id, label, hint, value, children }: LabelledProps) {
  return (
    <div className={styles.field}>
      <div className={styles.row}>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        {value !== undefined && (
          <output className={styles.value} htmlFor={id}>
            {value}
          </output>
        )}
      </div>
      {children}
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
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

export function Slider({ value, min, max, step = 1, text = String, onChange, onCommit, ...field }: SliderProps) {
  const id = useId();
  return (
    <Labelled {...field} id={id} value={text(value)}>
      <input
        id={id}
        className={styles.slider}
        type="range"
        {...{ value, min, max, step, disabled: field.disabled }}
        aria-valuetext={text(value)}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber);
        }}
        onPointerUp={onCommit}
        onKeyUp={onCommit}
        onBlur={onCommit}
      />
    </Labelled>
  );
}

/** What is being typed until it is taken, with Enter or by leaving the field, or given up with Escape. */
function useDraft(shown: string, take: (text: string) => void) {
  const [draft, setDraft] = useState<string>();
  const finish = (): void => {
    if (draft !== undefined) take(draft);
    setDraft(undefined);
  };
  return {
    text: draft ?? shown,
    setDraft,
    finish,
    onKeyDown: (event: KeyboardEvent): void => {
      if (event.key === 'Enter') finish();
      else if (event.key === 'Escape') setDraft(undefined);
    },
  };
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

/** What is no number in range is marked and not taken. */
export function NumberField({ value, min, max, step = 1, placeholder, onChange, ...field }: NumberFieldProps) {
  const id = useId();
  const parse = (text: string): number | null | undefined => {
    if (text.trim() === '') return placeholder === undefined ? undefined : null;
    const number = Number(text);
    const isStep = Math.abs(number / step - Math.round(number / step)) < 1e-6;
    return number >= min && number <= max && isStep ? number : undefined;
  };
  const { text, setDraft, finish, onKeyDown } = useDraft(value === null ? '' : String(value), (typed) => {
    const number = parse(typed);
    if (number !== undefined && number !== value) onChange(number);
  });
  return (
    <Labelled {...field} id={id}>
      <input
        id={id}
        className={styles.control}
        inputMode="decimal"
        value={text}
        {...{ placeholder, onKeyDown, disabled: field.disabled }}
        aria-invalid={parse(text) === undefined}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={finish}
      />
    </Labelled>
  );
}

export interface SelectProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly disabled?: boolean }[];
  readonly onChange: (value: T) => void;
}

export function Select<T extends string>({ label, hint, ...choice }: SelectProps<T>) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <Choices id={id} className={styles.control} {...choice} />
    </Labelled>
  );
}

export interface ChoicesProps<T extends string> extends Omit<SelectProps<T>, 'label' | 'hint'> {
  readonly id: string;
  readonly className: string | undefined;
}

/** The choice alone; its label is elsewhere. */
export function Choices<T extends string>({ options, onChange, ...select }: ChoicesProps<T>) {
  return (
    <select
      {...select}
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
  );
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly onChange: (value: string) => void;
}

export function TextField({ value, placeholder, maxLength, onChange, ...field }: TextFieldProps) {
  const id = useId();
  const { text, setDraft, finish, onKeyDown } = useDraft(value, (typed) => {
    if (typed !== value) onChange(typed);
  });
  return (
    <Labelled {...field} id={id}>
      <input
        id={id}
        className={styles.control}
        value={text}
        {...{ placeholder, maxLength, onKeyDown, disabled: field.disabled }}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={finish}
      />
    </Labelled>
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
