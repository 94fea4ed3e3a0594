/** The texts of the waiting queue, in Korean. */
import type { queue as texts } from '../en/queue.ts';

export const queue: typeof texts = {
  queueTitle: '모두에게 차례가 옵니다',
  queueWhy: '도착한 순서대로 한 분씩 입장합니다. 서두르지 않으셔도 됩니다.',
  joinQueue: '대기열 참여',
  joining: '자리를 잡고 있습니다…',
  yourPosition: '내 순번',
  ahead: (count, shown) => (count === 0 ? '다음 차례입니다.' : `앞에 ${shown}명이 있습니다.`),
  ofWaiting: (_, shown) => `전체 대기 인원은 ${shown}명입니다.`,
  takingPart: (_, shown) => `현재 ${shown}명이 참여하고 있습니다.`,
  aboutToWait: (time) => `예상 대기 시간 약 ${time}`,
  nearly: '곧 입장합니다',
  seconds: (count) => `${count}초`,
  minutes: (count) => `${count}분`,
  hours: (count) => `${count}시간`,

  nextTitle: '다음 단계',
  nextTurn: '차례가 되면 이 페이지에서 좌석을 선택하실 수 있습니다. 선택 시간은 몇 분입니다.',
  keepOpen:
    '이 페이지는 자동으로 넘어갑니다. 닫아도 대기 번호는 유지되지만, 페이지가 열려 있을 때만 입장됩니다.',
  pausedTitle: '지금은 입장이 멈춰 있습니다',
  paused: '입장이 잠시 멈췄습니다. 순번은 그대로 유지됩니다.',
  drawTitle: '입장 순서 추첨 시각',
  untilDrawn: (time) => `입장까지 평균 약 ${time}`,
  gathering: (at) =>
    `추첨 시점${at && `(${at})`}에 대기 중인 모든 분이 같은 확률로 참여합니다. 먼저 온 순서는 상관없습니다.`,
  soldOutTitle: '현재 매진되었습니다',
  soldOut:
    '다른 분이 결제하지 않거나 취소한 좌석이 나오면 입장이 다시 시작됩니다. 나오지 않으면 대기가 종료됩니다.',
  ticket: (number, since) => `대기 번호 ${number}번 (${since}부터)`,
  endedTitle: '대기가 종료되었습니다',
  waitingEnded: {
    away: '페이지가 닫혀 있었거나 오랫동안 비활성 상태였습니다. 다시 참여하실 수 있습니다.',
    'sold-out': '모든 좌석이 판매되었습니다.',
    closed: '판매가 마감되었습니다.',
  },
  leaveQueue: '대기열에서 나가기',
  stillFree: (_, shown) => `남은 좌석은 ${shown}석입니다.`,
  noneFree: '남은 좌석이 없습니다.',
  stillHeld: (_, shown) => `아직 결제되지 않은 좌석이 ${shown}석 있습니다.`,
  positionNews: (position, time) => `현재 순번 ${position}번. ${time}.`,
  titleWaiting: (position) => `대기 ${position}번`,
  backToQueue: '대기열로 돌아가기',
  toSeats: '좌석 선택하기',

  alertMe: '내 차례가 되면 알림 받기',
  alertOn: {
    notification: '방금 들으신 소리와 함께 알림이 표시됩니다.',
    sound: '방금 들으신 소리로 알려 드립니다. 이 브라우저에서는 알림이 표시되지 않습니다.',
  },

  turnTitle: '내 차례입니다',
  signedOutTitle: '다시 로그인해 주세요',
  signInAgain: '다시 로그인해 주세요. 로그인하지 않으면 대기 순서를 잃게 됩니다.',
  admitted: '입장하셨습니다. 좌석을 선택해 주세요.',
  yourTurn: '내 차례',
  timeLeft: '남은 선택 시간',
  timeToPay: '남은 결제 시간',
  bookingOver: '선택 시간이 끝났습니다. 선점한 자리는 아직 결제하실 수 있습니다.',
  timeLeftNews: (time) => `선택 시간이 ${time} 남았습니다.`,
  admissionOver: '예매 시간이 끝났습니다. 대기열에 다시 참여해 주세요.',
};
