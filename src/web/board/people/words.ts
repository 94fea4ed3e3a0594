/** The texts of the page that shows a user. */

export const en = {
  peoplePage: {
    search: 'Find a user',
    subject: 'User',
    hint: 'As in the access token, for example ada.',
    find: 'Show',
    since: (time: string) => `Known since ${time}`,
    balance: 'Balance',
    orders: 'Newest orders',
    allOrders: 'All orders of this user',
    noOrders: 'This user has no orders.',
    history: 'Newest changes of the balance',
    noHistory: 'The balance has never changed.',
    at: 'When',
    kind: 'What',
    kinds: { charge: 'Added', use: 'Used', refund: 'Refunded' },
    amount: 'Points',
    after: 'Balance after it',
  },
};

export const ko: typeof en = {
  peoplePage: {
    search: '사용자 찾기',
    subject: '사용자',
    hint: '액세스 토큰에 적힌 이름입니다. 예: ada',
    find: '보기',
    since: (time) => `${time}부터 이용`,
    balance: '잔액',
    orders: '최근 주문',
    allOrders: '이 사용자의 모든 주문',
    noOrders: '주문이 없습니다.',
    history: '최근 포인트 변동',
    noHistory: '포인트가 변동된 적이 없습니다.',
    at: '시각',
    kind: '구분',
    kinds: { charge: '충전', use: '사용', refund: '환불' },
    amount: '포인트',
    after: '변동 후 잔액',
  },
};
