/** The texts of orders, refunds and tickets, in Korean. */
import type { orders as texts } from '../en/orders.ts';

export const orders: typeof texts = {
  noOrders: '아직 예매 내역이 없습니다.',
  moreOrders: '예매 더 보기',
  orderNumber: (id) => `주문 번호 ${id}`,
  orderedAt: (time) => `${time} 주문`,
  placeCount: (count) => `${count}자리`,
  orderState: {
    held: '선점',
    paid: '결제 완료',
    expired: '시간 만료',
    cancelled: '취소',
    refunded: '환불',
    'partly-refunded': '일부 환불',
  },
  bookingState: {
    held: '선점',
    paid: '결제 완료',
    expired: '시간 만료',
    cancelled: '반납',
    refunded: '환불',
  },
  orderEnded: {
    expired: '시간 안에 결제하지 않아 끝난 주문입니다. 청구된 금액은 없습니다.',
    cancelled: '결제 전에 취소한 주문입니다. 청구된 금액은 없습니다.',
    refunded: '환불한 주문입니다. 티켓은 더 이상 유효하지 않습니다.',
  },
  chooseAgain: '좌석 다시 선택',
  toPay: '결제하러 가기',
  yourPlaces: '자리',

  payment: '결제 내역',
  paidBy: { points: '포인트로 결제', card: '카드로 결제' },
  backTo: { points: '포인트로 환불', card: '카드로 환불' },
  refundState: {
    pending: '처리 중',
    done: '완료',
    failed: '지연되어 확인하고 있습니다',
    credited: '포인트로 대신 환불',
    elsewhere: '다른 방법으로 환불',
  },

  refund: '환불',
  refundOf: (place) => `${place} 환불`,
  refundAll: '모두 환불',
  askRefund: (place) => `${place}, 반납할까요?`,
  askRefundAll: (count) => `${count}자리를 모두 반납할까요?`,
  comesBack: {
    points: (amount) => `${amount}가 바로 보유 포인트로 돌아옵니다.`,
    card: (amount) => `결제한 카드로 ${amount} 환불됩니다. 카드사에 따라 며칠이 걸릴 수 있습니다.`,
  },
  nothingBack: '결제한 금액이 없어 환불되는 금액도 없습니다.',
  ticketEnds: () => '환불하면 해당 티켓은 더 이상 사용할 수 없습니다.',
  refundNow: (amount) => `${amount} 환불받기`,
  refunding: '환불하는 중…',
  giveBackNow: '반납',
  keep: '유지',
  refunded: {
    points: (amount) => `환불했습니다. ${amount}가 보유 포인트로 돌아왔습니다.`,
    card: (amount) => `환불했습니다. ${amount}이 카드로 환불됩니다.`,
  },
  cancelled: '반납했습니다. 청구된 금액은 없습니다.',

  refundRules: '환불 안내',
  refundUntil: (time) => `${time}까지 환불받을 수 있습니다.`,
  refundWay:
    '한 자리만 또는 모두 환불할 수 있고, 결제한 금액 전부가 결제하신 수단(카드 또는 포인트)으로 돌아옵니다. 입장에 사용한 티켓은 환불되지 않습니다.',
  refundOver: (time) => `이 공연의 환불 기간은 ${time}에 끝났습니다. 환불받을 수 없습니다.`,

  tickets: '티켓',
  toTickets: '티켓 보기',
  toOrder: '주문 보기',
  noTickets: '결제하지 않은 주문이라 티켓이 없습니다.',
  print: '인쇄',
  addToCalendar: '캘린더에 추가',
  codeOf: (place) => `${place} 티켓의 QR 코드`,
  ticketNumber: (id) => `제${id}호`,
  ticketState: {
    valid: '입장할 때 이 코드를 보여 주세요',
    used: '사용됨',
    revoked: '유효하지 않음',
  },
};
