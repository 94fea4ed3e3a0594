/** The texts of the operators' pages, in addition to those of the buyers' page. Each page's own stand beside it. */
import { type Language, useWords, type Words } from '../texts.ts';
import * as concerts from './concerts/words.ts';
import * as gates from './gates/words.ts';
import * as halls from './halls/words.ts';
import * as orders from './orders/words.ts';
import * as outbox from './outbox/words.ts';
import * as people from './people/words.ts';
import * as places from './places/words.ts';
import * as queues from './queues/words.ts';
import * as rush from './rush/words.ts';
import * as sales from './sales/words.ts';

const en = {
  /** The names of the pages, in the navigation. */
  pages: {
    rush: 'Rush',
    concerts: 'Concerts',
    halls: 'Halls',
    queues: 'Queues',
    sales: 'Sales',
    orders: 'Orders',
    people: 'Users',
    gates: 'Gates',
    outbox: 'Outbox',
  },
  title: 'Board',
  lanesLink: 'Jobs in Bull Board',
  docsLink: 'API',
  noAnswer: 'No response',
  tokenTitle: 'Operator access token',
  noToken: 'This is no access token: it has characters that no token has.',
  tokenHint: 'Your identity provider issues access tokens. Paste one with the role admin.',
  use: 'Use token',
  more: 'Show more',
  reason: 'Reason, for the operators’ log',
  keepAsIs: 'Leave it as it is',

  ...concerts.en,
  ...halls.en,
  ...queues.en,
  ...rush.en,
  ...sales.en,
  ...orders.en,
  ...people.en,
  ...places.en,
  ...outbox.en,
  ...gates.en,
};

const ko: typeof en = {
  pages: {
    rush: '운영 현황',
    concerts: '공연',
    halls: '공연장',
    queues: '대기열',
    sales: '판매',
    orders: '주문',
    people: '사용자',
    gates: '출입구',
    outbox: '결제 호출',
  },
  title: '운영 현황',
  lanesLink: 'Bull Board 작업 보기',
  docsLink: 'API',
  noAnswer: '응답 없음',
  tokenTitle: '운영자 액세스 토큰',
  noToken: '액세스 토큰이 아닙니다. 토큰에 쓰이지 않는 문자가 들어 있습니다.',
  tokenHint: '이곳의 액세스 토큰은 인증 서비스가 발급합니다. admin 역할의 토큰을 붙여 넣어 주세요.',
  use: '사용',
  more: '더 보기',
  reason: '사유 (운영 기록에 남습니다)',
  keepAsIs: '그대로 두기',

  ...concerts.ko,
  ...halls.ko,
  ...queues.ko,
  ...rush.ko,
  ...gates.ko,
  ...sales.ko,
  ...orders.ko,
  ...people.ko,
  ...places.ko,
  ...outbox.ko,
};

const words: Record<Language, typeof en> = { en, ko };

export type BoardTexts = typeof en;

export function useBoardWords(): Words & { b: BoardTexts } {
  const general = useWords();
  return { ...general, b: words[general.language] };
}
