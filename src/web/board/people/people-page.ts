/** The page of a user: `#/people` with a form, and `#/people/SUBJECT`. */
import { html } from 'htm/preact';
import type { UserAccount } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import { OrderList } from '../orders/order-list.ts';
import type { PageProps } from '../pages.ts';
import { useBoardWords } from '../words.ts';

export function PeoplePage({ path: [subject] }: PageProps) {
  const { b } = useBoardWords();
  return html`
    <h1 class="title" tabindex="-1">${b.pages.people}</h1>
    <${SubjectForm} key=${`form ${subject}`} subject=${subject} />
    ${subject && html`<${Account} key=${subject} subject=${subject} />`}
  `;
}

function SubjectForm({ subject }: { subject: string | undefined }) {
  const { b } = useBoardWords();
  const words = b.peoplePage;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = String(new FormData(event.target as HTMLFormElement).get('subject'));
    location.hash = addressOf('people', given);
  };
  return html`
    <form class="panel people-search" role="search" aria-label=${words.search} onSubmit=${submit}>
      <h2 class="panel-title">${words.search}</h2>
      <label class="field">
        <span>${words.subject}</span>
        <input name="subject" required maxlength="255" defaultValue=${subject ?? ''} autocomplete="off" spellcheck=${false} aria-describedby="subject-hint" />
      </label>
      <p class="quiet small" id="subject-hint">${words.hint}</p>
      <button class="button">${words.find}</button>
    </form>
  `;
}

function Account({ subject }: { subject: string }) {
  const query = useQuery(`account ${subject}`, (seatlane, options) =>
    seatlane.userAccount(subject, options),
  );
  return html`
    <${QueryResult} query=${query}>
      ${(account: UserAccount) => html`<${AccountPanels} account=${account} />`}
    <//>
  `;
}

function AccountPanels({ account }: { account: UserAccount }) {
  const { b, t, number, moment } = useBoardWords();
  const words = b.peoplePage;
  const { subject, name, createdAt, balance, orders, history } = account;
  return html`
    <section class="panel">
      <h2 class="panel-title">${subject}</h2>
      <p class="quiet">${[name, words.since(moment(createdAt))].filter(Boolean).join(' · ')}</p>
      <p>${words.balance}: <b>${t.points(number(balance))}</b></p>
    </section>
    <section class="panel order-results">
      <h3 class="panel-title">${words.orders}</h3>
      ${orders.length === 0 ? html`<p class="quiet">${words.noOrders}</p>` : html`<${OrderList} orders=${orders} />`}
      ${
        orders.length > 0 &&
        html`<a class="button is-plain is-small" href=${addressOf('orders', `${new URLSearchParams({ user: subject })}`)}>${words.allOrders}</a>`
      }
    </section>
    <section class="panel people-history">
      <h3 class="panel-title">${words.history}</h3>
      ${history.length === 0 ? html`<p class="quiet">${words.noHistory}</p>` : html`<${History} history=${history} />`}
    </section>
  `;
}

function History({ history }: Pick<UserAccount, 'history'>) {
  const { b, number, moment } = useBoardWords();
  const words = b.peoplePage;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${words.history}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${words.at}</th>
            <th scope="col">${words.kind}</th>
            <th scope="col">${words.amount}</th>
            <th scope="col">${words.after}</th>
          </tr>
        </thead>
        <tbody>
          ${history.map(
            ({ id, createdAt, kind, amount, balance }) => html`
              <tr key=${id}>
                <th scope="row">${moment(createdAt)}</th>
                <td>${words.kinds[kind]}</td>
                <td>${number(kind === 'use' ? -amount : amount)}</td>
                <td>${number(balance)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
