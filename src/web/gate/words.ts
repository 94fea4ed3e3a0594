/** The texts of the gate's page, in addition to those of the buyers' page. */
import { type Language, useWords, type Words } from '../texts.ts';

const en = {
  title: 'Gate',
  needsTls: 'This page needs https. Ask an operator for its address.',
  needsStorage: 'This browser keeps nothing. Do not use a private window.',
  openTitle: 'Open this gate',
  openHint:
    'An operator opens a gate on the board, page “Gates”, and shows its QR code. Scan it with the camera of this phone, or paste its address here.',
  addressOrToken: 'Address of the gate, or access token',
  schedule: 'Number of the performance',
  gateName: 'Name of this gate',
  noToken: 'This is no access token: it has characters that no token has.',
  needsPlace: 'With an access token, also give the performance and the name of this gate.',
  open: 'Open',
  close: 'Close this gate',
  reopen: 'To open it again you need a new QR code.',
  keptWhenClosed: (count: number) =>
    `${count === 1 ? '1 scan is' : `${count} scans are`} not sent yet. This phone sends what is left when this gate is opened on it again.`,
  start: 'Start scanning',
  starting: 'Starting the camera…',
  stop: 'Stop the camera',
  aim: 'Hold the QR code of the ticket in front of the camera.',
  camera: {
    denied: 'This page may not use the camera. Allow it in the settings of the browser.',
    missing: 'No camera was found. Type or paste the code, or use a hand scanner.',
    broken: 'The camera does not start. Close other apps that use it, and try again.',
  },
  typed: 'Code of a ticket',
  check: 'Check',
  checking: 'Checking…',
  enter: 'Enter',
  notChecked: 'Not checked online. It will be sent later.',
  stayOut: 'Do not enter',
  unknown: 'Cannot be checked',
  next: 'Next guest',
  reasons: {
    TICKET_INVALID: 'This is not a ticket of ours.',
    TICKET_WRONG_SCHEDULE: 'This ticket is for another performance.',
    TICKET_REVOKED: 'This ticket was refunded, or the performance is cancelled.',
    TICKET_ALREADY_USED: 'Somebody has already entered with this ticket.',
  } as Readonly<Record<string, string>>,
  otherReason: (code: string) => `The scan was refused (${code}).`,
  unknowns: {
    'no-keys': 'There is no connection, and this phone has no keys yet. Connect it once.',
    'no-ed25519': 'There is no connection, and this browser cannot verify tickets. Update it.',
    failed: 'The server could not apply the scan. Scan again.',
    broken: 'This phone could not store the scan. Scan again, or use another phone.',
  },
  usedAt: (time: string, gate: string) => `${time}, gate ${gate}`,
  entered: 'in',
  left: 'to come',
  online: 'Online',
  offline: 'Offline: tickets are verified on this phone',
  signedOut: 'Signed out: scans are kept on this phone. Scan the QR code of the gate again.',
  ready: 'Ready for use without a network',
  notReady: 'Not ready for use without a network yet',
  unsent: (count: number) => (count === 1 ? '1 scan not sent yet' : `${count} scans not sent yet`),
  ofOtherGates: (count: number, gates: string) =>
    `${count} of them belong to another gate (${gates}). Open it once more to send them.`,
  late: {
    TICKET_ALREADY_USED: 'Entered twice',
    TICKET_REVOKED: 'Entered with a refunded ticket',
  } as Readonly<Record<string, string>>,
  otherLate: 'Entered, and refused afterwards',
  lateHere: (time: string, gate: string) => `Here: ${time}, gate ${gate}`,
  lateThere: (time: string, gate: string) => `Before: ${time}, gate ${gate}`,
  seen: 'Take off the list',
};

const ko: typeof en = {
  title: '입장 확인',
  needsTls: '이 페이지는 https로 열어야 합니다. 운영자에게 주소를 물어보세요.',
  needsStorage: '이 브라우저는 기록을 저장하지 못합니다. 비공개 창을 쓰지 마세요.',
  openTitle: '이 출입구 열기',
  openHint:
    '운영자가 운영 현황의 “출입구” 화면에서 출입구를 열고 QR 코드를 보여 줍니다. 이 휴대폰의 카메라로 찍거나 주소를 여기에 붙여 넣어 주세요.',
  addressOrToken: '출입구 주소 또는 액세스 토큰',
  schedule: '회차 번호',
  gateName: '출입구 이름',
  noToken: '액세스 토큰이 아닙니다. 토큰에 쓰이지 않는 문자가 들어 있습니다.',
  needsPlace: '액세스 토큰을 쓸 때는 회차 번호와 출입구 이름도 입력해 주세요.',
  open: '열기',
  close: '출입구 닫기',
  reopen: '다시 열려면 새 QR 코드가 필요합니다.',
  keptWhenClosed: (count) =>
    `아직 보내지 않은 기록이 ${count}건 있습니다. 이 휴대폰에서 같은 출입구를 다시 열면 전송됩니다.`,
  start: '스캔 시작',
  starting: '카메라를 켜는 중…',
  stop: '카메라 끄기',
  aim: '티켓의 QR 코드를 카메라에 비춰 주세요.',
  camera: {
    denied: '이 페이지에서 카메라를 쓸 수 없습니다. 브라우저 설정에서 허용해 주세요.',
    missing: '카메라가 없습니다. 코드를 입력하거나 핸드 스캐너를 사용해 주세요.',
    broken: '카메라가 켜지지 않습니다. 카메라를 쓰는 다른 앱을 닫고 다시 시도해 주세요.',
  },
  typed: '티켓 코드',
  check: '확인',
  checking: '확인 중…',
  enter: '입장',
  notChecked: '온라인으로 확인하지 못했습니다. 나중에 전송합니다.',
  stayOut: '입장 불가',
  unknown: '확인할 수 없음',
  next: '다음 손님',
  reasons: {
    TICKET_INVALID: '이곳의 티켓이 아닙니다.',
    TICKET_WRONG_SCHEDULE: '다른 회차의 티켓입니다.',
    TICKET_REVOKED: '환불되었거나 취소된 공연의 티켓입니다.',
    TICKET_ALREADY_USED: '이미 입장한 티켓입니다.',
  },
  otherReason: (code) => `거절되었습니다(${code}).`,
  unknowns: {
    'no-keys': '연결이 없고 이 휴대폰에 검증 키도 없습니다. 한 번 연결해 주세요.',
    'no-ed25519': '연결이 없고 이 브라우저는 티켓을 검증하지 못합니다. 업데이트해 주세요.',
    failed: '서버가 처리하지 못했습니다. 다시 스캔해 주세요.',
    broken: '이 휴대폰에 기록하지 못했습니다. 다시 스캔하거나 다른 휴대폰을 사용해 주세요.',
  },
  usedAt: (time, gate) => `${time}, 출입구 ${gate}`,
  entered: '입장',
  left: '남음',
  online: '온라인',
  offline: '오프라인: 이 휴대폰에서 티켓을 검증합니다',
  signedOut: '로그아웃됨: 기록은 이 휴대폰에 보관됩니다. 출입구 QR 코드를 다시 찍어 주세요.',
  ready: '연결 없이도 사용할 수 있습니다',
  notReady: '아직 연결 없이는 사용할 수 없습니다',
  unsent: (count) => `보내지 않은 기록 ${count}건`,
  ofOtherGates: (count, gates) =>
    `그중 ${count}건은 다른 출입구(${gates})의 기록입니다. 그 출입구를 다시 열면 전송됩니다.`,
  late: {
    TICKET_ALREADY_USED: '중복 입장',
    TICKET_REVOKED: '환불된 티켓으로 입장',
  },
  otherLate: '입장 후 거절됨',
  lateHere: (time, gate) => `여기: ${time}, 출입구 ${gate}`,
  lateThere: (time, gate) => `이전: ${time}, 출입구 ${gate}`,
  seen: '목록에서 지우기',
};

const words: Record<Language, typeof en> = { en, ko };

export type GateTexts = typeof en;

export function useGateWords(): Words & { g: GateTexts } {
  const general = useWords();
  return { ...general, g: words[general.language] };
}
