/** Signing in: by name alone where the development issuer is on, else with a token from elsewhere. */
import { html } from 'htm/preact';
import { signIn } from '../../client/index.ts';
import { clientOf } from '../api.ts';
import { sendOnLine } from '../line.ts';
import { tellProblem } from '../news.ts';
import { useDoing } from '../reading.ts';
import { user } from '../session.ts';
import { useWords } from '../texts.ts';

const isByName = document.body.dataset.signIn === 'name';

export function SignIn() {
  const { t } = useWords();
  const [isDoing, run] = useDoing();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = String(new FormData(event.target as HTMLFormElement).get('given')).trim();
    if (given)
      run(() => (isByName ? signInByName(given) : signInByToken(given)).catch(tellProblem));
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
      <button class="button" aria-disabled=${isDoing}>${t.signIn}</button>
    </form>
  `;
}

async function signInByName(name: string): Promise<void> {
  const accessToken = await signIn('', { subject: name, name }, { fetch: sendOnLine });
  user.set({ accessToken, subject: name, name });
}

/** Asks whom the token names, which also tells whether it is good. */
async function signInByToken(accessToken: string): Promise<void> {
  const { subject, name } = await clientOf({ token: accessToken }).me();
  user.set({ accessToken, subject, name: name ?? subject });
}
