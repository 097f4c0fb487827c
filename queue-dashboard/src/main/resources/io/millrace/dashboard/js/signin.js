import { html, useEffect, useRef } from '../vendor/htm-preact.mjs';
import { Mark } from './parts.js';

export function SignIn({ message = '', busy = false, onKey }) {
  const input = useRef(null);
  useEffect(() => input.current.focus(), []);

  const submit = (event) => {
    event.preventDefault();
    const key = input.current.value.trim();
    if (key) {
      onKey(key);
    }
  };
  return html`
    <main class="signin">
      <form class="card" onSubmit=${submit}>
        <h1><${Mark} /> Millrace</h1>
        <label for="key">API key</label>
        <input id="key" ref=${input} data-testid="signin-key" type="password" required autocomplete="off"
          spellcheck=${false} disabled=${busy} aria-describedby="signin-message signin-hint"
          aria-invalid=${message ? 'true' : 'false'} />
        <p id="signin-message" class="problem" role="alert" data-testid="signin-message">${message}</p>
        <button class="primary" data-testid="signin-submit" type="submit" disabled=${busy}>
          ${busy ? 'Signing in…' : 'Sign in'}
        </button>
        <p id="signin-hint" class="hint">The key stays in this tab and is forgotten when the tab is closed.</p>
      </form>
    </main>`;
}
