import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/pages.css';
import { QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { applyTheme, storedTheme } from './state/theme.ts';

applyTheme(storedTheme());
const place = document.getElementById('page');
if (place !== null)
  render(
    <QueryClientProvider client={createQueryClient()}>
      <App />
    </QueryClientProvider>,
    place,
  );
