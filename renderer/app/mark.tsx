/** The studio's mark: a figure of overlapping soft spots. */
export function Mark({ className }: { readonly className: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 32 32" aria-hidden>
      <circle cx="16" cy="7.5" r="4.6" fill="#ffab6b" />
      <ellipse cx="16" cy="18" rx="5.4" ry="7.6" fill="#ff7d7d" opacity=".92" />
      <ellipse cx="8.6" cy="15" rx="2.5" ry="6.2" transform="rotate(32 8.6 15)" fill="#8fbaff" opacity=".9" />
      <ellipse cx="23.4" cy="15" rx="2.5" ry="6.2" transform="rotate(-32 23.4 15)" fill="#8fbaff" opacity=".9" />
      <ellipse cx="12.6" cy="26" rx="2.5" ry="5" transform="rotate(8 12.6 26)" fill="#7bd6a0" opacity=".92" />
      <ellipse cx="19.4" cy="26" rx="2.5" ry="5" transform="rotate(-8 19.4 26)" fill="#7bd6a0" opacity=".92" />
    </svg>
  );
}
