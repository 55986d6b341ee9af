import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';

type Kind = 'normal' | 'primary' | 'quiet' | 'danger';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  readonly kind?: Kind;
  readonly icon?: LucideIcon;
  readonly children: ReactNode;
}

const KINDS: Readonly<Record<Kind, string | undefined>> = {
  normal: '',
  primary: styles.primary,
  quiet: styles.quiet,
  danger: styles.danger,
};

export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

export function Button({ kind = 'normal', icon: Icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classes(styles.button, KINDS[kind], className)} {...rest}>
      {Icon && <Icon size="1.1em" aria-hidden />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type' | 'children'> {
  readonly icon: LucideIcon;
  /** What it does; shown on hover and read aloud. */
  readonly label: string;
  /** Shown beside the label on hover. */
  readonly shortcut?: string | undefined;
  /** For a switch: whether it is on. */
  readonly pressed?: boolean;
  readonly kind?: Kind;
}

export function IconButton({
  icon: Icon,
  label,
  shortcut,
  pressed,
  kind = 'quiet',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      className={classes(styles.button, styles.icon, KINDS[kind], className)}
      aria-label={label}
      aria-pressed={pressed}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      {...rest}
    >
      <Icon size="1.15em" aria-hidden />
    </button>
  );
}
