/** The texts of concerts and their dates, in Korean. */
import type { events as texts } from '../en/events.ts';

export const events: typeof texts = {
  noConcerts: '아직 등록된 공연이 없습니다. 잠시 후 다시 확인해 주세요.',
  noneFound: '검색 결과가 없습니다.',
  found: (count) => `${count}건을 찾았습니다.`,
  chooseConcert: '공연',
  moreConcerts: '더 보기',
  laterDates: '다음 회차 더 보기',
  search: '제목이나 장소로 검색',
  fromDay: '시작일',
  toDay: '종료일',
  moreDates: (count) => `외 ${count}회`,
  pointsBetween: (from, to) => `${from}~${to} 포인트`,

  saleOpen: '예매 중',
  saleOpens: (time) => `${time} 예매 시작`,
  saleEnded: '예매가 끝났습니다.',
  saleClosed: '더 이상 판매하지 않습니다.',
  performanceCancelled: '취소됨',
  byQueue: '대기열 순서대로',
  byDraw: (time) => `${time} 순서 추첨`,
  days: (count) => `${count}일`,

  dates: '공연 일정',
  chooseDate: '날짜 선택',
  otherDates: '다른 날짜',
  noDates: '지금 예매할 수 있는 날짜가 없습니다.',
  available: (count, all) => `${all}석 중 ${count}석 남음`,
  none: '매진',
};
