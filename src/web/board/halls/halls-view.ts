/** The page of halls: all of them, one with its plan, or the editor. */
import { html } from 'htm/preact';
import type { Hall, HallVersion } from '../../../client/api/catalogue/halls.ts';
import { useQuery } from '../../hooks.ts';
import { BackLink, QueryResult } from '../../views/parts.ts';
import { addressOf } from '../addresses.ts';
import type { PageProps } from '../pages.ts';
import { useBoardWords } from '../words.ts';
import { HallEditor } from './editor.ts';
import { HallList } from './hall-list.ts';
import { PlanFigures } from './plan-figures.ts';

export function HallsView({ path: [id, action] }: PageProps) {
  if (id === undefined) return html`<${HallList} />`;
  if (id === 'new') return html`<${HallEditor} key="new" />`;
  return html`<${OneHall} key=${`${id} ${action}`} hallId=${Number(id)} isEditing=${action === 'edit'} />`;
}

interface Newest {
  hall: Hall;
  version: HallVersion;
}

/** The hall with the plan of its newest version. */
function OneHall({ hallId, isEditing }: { hallId: number; isEditing: boolean }) {
  const query = useQuery(`hall ${hallId}`, async (seatlane, options): Promise<Newest> => {
    const hall = await seatlane.hall(hallId, options);
    return { hall, version: await seatlane.hallVersion(hallId, hall.version, options) };
  });
  return html`
    <${QueryResult} query=${query}>
      ${(newest: Newest) =>
        isEditing
          ? html`<${HallEditor} key=${newest.hall.version} base=${newest} onReload=${query.refetch} />`
          : html`<${HallDetails} ...${newest} />`}
    <//>
  `;
}

function HallDetails({ hall, version }: Newest) {
  const { b, moment } = useBoardWords();
  return html`
    <${BackLink} to=${addressOf('halls')} text=${b.allHalls} />
    <h1 class="title" tabindex="-1">${hall.name}</h1>
    <p class="lead">
      ${b.halls.version(hall.version)}, ${b.halls.savedAt(moment(version.createdAt))}
    </p>
    <section class="panel hall-panel">
      <h2 class="panel-title">${b.halls.plan}</h2>
      <${PlanFigures} name=${hall.name} plan=${version.plan} />
      <a class="button is-plain" href=${addressOf('halls', hall.id, 'edit')}>${b.halls.edit}</a>
    </section>
  `;
}
