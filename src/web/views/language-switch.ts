/** The button that shows the page in its other language. */
import { html } from 'htm/preact';
import { setLanguage, useWords } from '../texts.ts';

export function LanguageSwitch() {
  const { t, language } = useWords();
  const other = language === 'en' ? 'ko' : 'en';
  return html`
    <button class="link" type="button" lang=${other} onClick=${() => setLanguage(other)}>${t.otherLanguage}</button>
  `;
}
