/** SQL: accuracy and levels of a rollup's sketch of durations. States merge only with those of the same. */
export const sketchLevels = '0.01, 0.5, 0.9, 0.95, 0.99';
