/** The texts of the page that shows calls to payment providers. */

export const en = {
  outboxPage: {
    title: 'Calls to payment providers',
    why: 'A call is owed until the provider has answered. A dead call has no answer after ten offers. It is still tried every half hour.',
    show: 'Which calls',
    dead: 'Dead calls',
    all: 'All calls that are owed',
    noDead: 'There are no dead calls.',
    none: 'No call is owed.',
    kinds: {
      open: 'Open a payment page',
      look: 'Ask about a payment',
      refund: 'Refund to a card',
    },
    checkout: (id: number) => `Card payment ${id}`,
    offers: (count: string) => `${count} offers`,
    since: (time: string) => `owed since ${time}`,
    next: (time: string) => `next at ${time}`,
    isDead: 'Dead',
    retry: 'Try now',
    retried: 'The call is made now.',
    failedRefunds: 'Refunds that the provider refused are on the page Rush.',
  },
};

export const ko: typeof en = {
  outboxPage: {
    title: '결제 대행사 호출',
    why: '대행사가 응답할 때까지 호출이 남아 있습니다. 열 번 시도해도 응답이 없는 호출은 응답 없음으로 표시되며, 30분마다 계속 시도합니다.',
    show: '표시할 호출',
    dead: '응답 없는 호출',
    all: '남아 있는 모든 호출',
    noDead: '응답 없는 호출이 없습니다.',
    none: '남아 있는 호출이 없습니다.',
    kinds: {
      open: '결제 페이지 열기',
      look: '결제 결과 확인',
      refund: '카드 환불',
    },
    checkout: (id) => `카드 결제 ${id}`,
    offers: (count) => `${count}회 시도`,
    since: (time) => `${time}부터 대기`,
    next: (time) => `다음 시도 ${time}`,
    isDead: '응답 없음',
    retry: '지금 시도',
    retried: '지금 다시 시도합니다.',
    failedRefunds: '대행사가 거절한 환불은 운영 현황 페이지에 있습니다.',
  },
};
