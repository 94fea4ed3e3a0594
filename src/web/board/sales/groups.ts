/** The sales of a performance by section or price category. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { SalesGroup } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { QueryResult } from '../../views/parts.ts';
import { Toggle } from '../toggle.ts';
import { useRefetch } from '../use-refetch.ts';
import { useBoardWords } from '../words.ts';

type GroupedBy = 'section' | 'category';

/** @param version changes when the figures do */
export function Groups({ scheduleId, version }: { scheduleId: number; version: string }) {
  const { b } = useBoardWords();
  const words = b.salesPage;
  const [by, setBy] = useState<GroupedBy>('section');
  const query = useQuery(`groups ${scheduleId} ${by}`, (seatlane, options) =>
    seatlane.salesGroups(scheduleId, { ...options, by }),
  );
  useRefetch(query.refetch, version);
  const options = [
    ['section', words.bySection],
    ['category', words.byCategory],
  ] as const;
  return html`
    <section class="panel sales-groups">
      <div class="panel-head">
        <h2 class="panel-title">${words.groups}</h2>
        <${Toggle} label=${words.groups} options=${options} chosen=${by} choose=${setBy} />
      </div>
      <${QueryResult} query=${query}>
        ${(groups: SalesGroup[]) => html`<${GroupTable} groups=${groups} by=${by} />`}
      <//>
    </section>
  `;
}

function GroupTable({ groups, by }: { groups: readonly SalesGroup[]; by: GroupedBy }) {
  const { b, number } = useBoardWords();
  const words = b.salesPage;
  const nameOf = ({ name, price }: SalesGroup) => {
    if (price === null) return name ?? words.noSection;
    return name === null ? number(price) : words.categoryAt(name, number(price));
  };
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${words.groups}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${by === 'section' ? words.section : words.category}</th>
            <th scope="col">${words.sold}</th>
            <th scope="col">${words.revenue}</th>
            <th scope="col">${words.refunded}</th>
            <th scope="col">${words.held}</th>
            <th scope="col">${words.available}</th>
            <th scope="col">${words.blocked}</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            (group) => html`
              <tr key=${`${group.name} ${group.areaId} ${group.price}`}>
                <th scope="row">${nameOf(group)}</th>
                <td>${number(group.sold)}</td>
                <td>${number(group.revenue)}</td>
                <td>${number(group.refunded)}</td>
                <td>${number(group.held)}</td>
                <td>${number(group.available)}</td>
                <td>${number(group.blocked)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
