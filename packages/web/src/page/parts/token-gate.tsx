import { useQueryClient } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../api/problem.ts';
import { forgetToken, hasToken, keepToken } from '../api/token.ts';
import { useViews } from '../api/use-answer.ts';
import { Icon } from './icon.tsx';

/** Asks for a token where the API wants one and has none, or another. */
export function TokenGate({ children }: { readonly children: ComponentChildren }) {
  const { error } = useViews();
  if (!(error instanceof Problem) || error.status !== 401) return <>{children}</>;
  return <TokenForm wasWrong={hasToken()} />;
}

function TokenForm({ wasWrong }: { readonly wasWrong: boolean }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const take = (event: Event): void => {
    event.preventDefault();
    if (token.trim() === '') forgetToken();
    else keepToken(token);
    void client.resetQueries();
  };
  return (
    <form class="gate" onSubmit={take}>
      <h1>
        <Icon name="key" /> Who asks?
      </h1>
      <p>
        This API tells each asker what they may see. Give a bearer token: of a service account (
        <code>kubectl create token NAME</code>), or the API’s own.
      </p>
      {wasWrong && (
        <p class="problem" role="alert">
          The API does not know the token that was given.
        </p>
      )}
      <label>
        Token
        <input
          type="password"
          autoComplete="off"
          spellcheck={false}
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button class="primary" type="submit">
        Ask with it
      </button>
      <p class="quiet">
        It stays in this tab until the tab is closed. With a login of your own,{' '}
        <code>kubectl tomte open</code> needs no token.
      </p>
    </form>
  );
}
