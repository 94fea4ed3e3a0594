/** The texts of the page that opens gates. They have a name of their own, because the board's texts are one object. */

const enGates = {
  openGate: 'Open a gate',
  openGateHint:
    'The phone at the entrance scans this page’s QR code and can then check the tickets of one performance, for twelve hours.',
  concert: 'Concert',
  performance: 'Performance',
  gateName: 'Name of the gate',
  gateExample: 'For example: North 2',
  open: 'Open the gate',
  noConcerts: 'There are no concerts.',
  noPerformances: 'This concert has no performances.',
  gateOpened: (gate: string) => `Gate ${gate}`,
  scanThis:
    'Scan this code with the camera of the phone. It holds the access of the gate: show it to nobody else.',
  gateQr: (gate: string) => `QR code that opens the gate ${gate}`,
  pasteToken:
    'Your identity provider issues the access tokens. The code opens the gate; paste a token with the role gate on the phone.',
  openHere: 'Open it on this device',
  hideCode: 'Hide the code',
  refusedScans: 'Entered, and refused afterwards',
  refusedScansWhy:
    'A gate without a network lets people in by the signature of the ticket. These scans were refused when they were sent later.',
  noRefusedScans: 'None for this performance.',
  place: 'Place',
  scannedAt: 'Let in',
  letInBy: 'Gate',
  lateReason: 'Why',
  usedBefore: 'Entered before',
  ticketOf: (ticket: number, order: number | null) =>
    order === null ? `Ticket ${ticket}` : `Ticket ${ticket}, order ${order}`,
  lateReasons: {
    TICKET_ALREADY_USED: 'Used twice',
    TICKET_REVOKED: 'Refunded or cancelled',
    TICKET_WRONG_SCHEDULE: 'Another performance',
  } as Readonly<Record<string, string>>,
};

const koGates: typeof enGates = {
  openGate: '출입구 열기',
  openGateHint:
    '입구의 휴대폰으로 이 화면의 QR 코드를 찍으면 한 회차의 티켓을 12시간 동안 확인할 수 있습니다.',
  concert: '공연',
  performance: '회차',
  gateName: '출입구 이름',
  gateExample: '예: 북문 2',
  open: '출입구 열기',
  noConcerts: '공연이 없습니다.',
  noPerformances: '이 공연에는 회차가 없습니다.',
  gateOpened: (gate) => `출입구 ${gate}`,
  scanThis:
    '휴대폰 카메라로 이 코드를 찍어 주세요. 출입구의 권한이 들어 있으니 다른 사람에게 보여 주지 마세요.',
  gateQr: (gate) => `출입구 ${gate}의 QR 코드`,
  pasteToken:
    '액세스 토큰은 인증 서비스가 발급합니다. 이 코드로 출입구를 열고, gate 역할의 토큰을 휴대폰에 붙여 넣어 주세요.',
  openHere: '이 기기에서 열기',
  hideCode: '코드 숨기기',
  refusedScans: '입장 후 거절된 기록',
  refusedScansWhy:
    '연결이 없는 출입구는 티켓의 서명만 보고 입장시킵니다. 아래 기록은 나중에 전송되었을 때 거절되었습니다.',
  noRefusedScans: '이 회차에는 없습니다.',
  place: '자리',
  scannedAt: '입장 시각',
  letInBy: '출입구',
  lateReason: '사유',
  usedBefore: '먼저 입장',
  ticketOf: (ticket, order) =>
    order === null ? `티켓 ${ticket}` : `티켓 ${ticket}, 주문 ${order}`,
  lateReasons: {
    TICKET_ALREADY_USED: '중복 사용',
    TICKET_REVOKED: '환불 또는 취소',
    TICKET_WRONG_SCHEDULE: '다른 회차',
  },
};

export const en = { gates: enGates };
export const ko: typeof en = { gates: koGates };
