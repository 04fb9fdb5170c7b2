import tseslint from 'typescript-eslint';

const tests = [
  '**/*.test.ts',
  'packages/*/src/testing/**',
  'packages/testkit/**',
  'packages/workloads/**',
  'e2e/**',
  'bench/**',
  'bpf/tests/**',
  '**/bench/**',
];
const scripts = ['scripts/**', 'bpf/scripts/**', 'deploy/**', '*.config.{ts,js}'];
const programs = [
  'packages/{agent,collector,api,cli,web,tomte,workloads}/**',
  'packages/store/src/embedded/**',
];

const useClock =
  'Take a Clock (packages/kit/src/clock.ts) as an argument, so that tests and replays can pass their own.';

const reads = [
  { object: 'Date', property: 'now', message: useClock },
  { object: 'Math', property: 'random', message: 'Take the random value as an argument.' },
];

/** Names that read time or chance; only programs, tests, scripts and the clock itself may. */
const hiddenInputs = {
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: useClock })),
  ],
  'no-restricted-properties': ['error', ...reads],
};

const house = {
  eqeqeq: 'error',
  'no-console': 'error',
  'max-params': ['error', 4],
  'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
  'no-restricted-exports': [
    'error',
    { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: 'TSEnumDeclaration',
      message: 'Type stripping has no enum: use a union, or `const X = {…} as const`.',
    },
    {
      selector: 'ExportAllDeclaration',
      message: 'Name what is exported: an index file reads as a table of contents.',
    },
  ],
  ...hiddenInputs,
};

const typeAware = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/only-throw-error': 'error',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      'packages/**/gen/**',
      '**/testdata/**',
      '**/build/**',
      '**/dist/**',
      '.tools/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['./tsconfig.json', './packages/web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { ...house, ...typeAware },
  },
  {
    // A duration is measured by adapters too, but never in a room without node:*.
    files: ['packages/{kit,model,protocols,elf,query,wire}/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...reads,
        { object: 'performance', property: 'now', message: useClock },
      ],
    },
  },
  { files: ['**/*.{js,mjs}'], rules: { eqeqeq: 'error', 'max-lines': house['max-lines'] } },
  {
    files: [...tests, ...scripts, ...programs, 'packages/kit/src/clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['packages/{cli,tomte}/**', ...scripts, 'e2e/**', '**/bench/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.test.ts'], rules: { 'max-lines': ['error', 800], 'max-lines-per-function': 'off' } },
  { files: ['**/*.config.{ts,js}'], rules: { 'no-restricted-exports': 'off' } },
);
