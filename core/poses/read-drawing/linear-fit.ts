/**
 * The weights w that bring the sums of features times w nearest to the values (least squares), held a little to `start`.
 * @param features Rows of equal length.
 */
export function linearFit(
  features: readonly (readonly number[])[],
  values: readonly number[],
  start: readonly number[],
  hold: number,
): number[] {
  const size = start.length;
  const rows = Array.from({ length: size }, (_, i) => {
    const row = Array.from({ length: size }, (_, j) =>
      features.reduce((sum, feature) => sum + (feature[i] ?? 0) * (feature[j] ?? 0), 0),
    );
    row[i] = (row[i] ?? 0) + hold;
    const right = features.reduce((sum, feature, k) => sum + (feature[i] ?? 0) * (values[k] ?? 0), 0);
    return [...row, right + hold * (start[i] ?? 0)];
  });
  for (let pivot = 0; pivot < size; pivot++) {
    const own = rows[pivot] ?? [];
    for (let i = 0; i < size; i++) {
      const row = rows[i];
      if (i === pivot || !row) continue;
      const factor = (row[pivot] ?? 0) / (own[pivot] ?? 1);
      for (let j = pivot; j <= size; j++) row[j] = (row[j] ?? 0) - factor * (own[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1));
}
