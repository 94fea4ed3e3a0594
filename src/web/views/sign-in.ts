/** Signing in: with a name alone if the development issuer is enabled, otherwise with an access token. */
import { html } from 'htm/preact';
import { signIn } from '../../client/api/sign-in.ts';
import { clientOf } from '../api.ts';
import { useAction } from '../hooks.ts';
import { fetchWhenOnline } from '../network.ts';
import { notifyProblem } from '../notifications.ts';
import { user } from '../session.ts';
import { useWords } from '../texts.ts';

const isByName = document.body.dataset.signIn === 'name';

export function SignIn() {
  const { t } = useWords();
  const [isBusy, run] = useAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = String(new FormData(event.target as HTMLFormElement).get('given')).trim();
    if (given)
      run(() => (isByName ? signInByName(given) : signInByToken(given)).catch(notifyProblem));
  };
  return html`
    <form class="panel" onSubmit=${submit}>
      <h2 class="panel-title">${t.signInTitle}</h2>
      <label class="field">
        <span>${isByName ? t.yourName : t.accessToken}</span>
        <input
          name="given"
          required
          maxlength=${isByName ? 255 : undefined}
          autocomplete=${isByName ? 'nickname' : 'off'}
          spellcheck=${false}
          aria-describedby="sign-in-hint"
        />
      </label>
      <p class="quiet" id="sign-in-hint">${isByName ? t.nameHint : t.tokenHint}</p>
      <button class="button" aria-disabled=${isBusy}>${t.signIn}</button>
    </form>
  `;
}

async function signInByName(name: string): Promise<void> {
  const accessToken = await signIn('', { subject: name, name }, { fetch: fetchWhenOnline });
  user.set({ accessToken, subject: name, name });
}

/** Reads the user whom the token names; this also checks that the token is valid. */
async function signInByToken(accessToken: string): Promise<void> {
  const { subject, name } = await clientOf({ token: accessToken }).me();
  user.set({ accessToken, subject, name: name ?? subject });
}
