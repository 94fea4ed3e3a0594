/** The texts of the page where operators block and release seats. */
import { s } from '../../texts/en/plural.ts';

export const en = {
  places: {
    open: 'Block and release seats',
    notFound: 'This concert has no such performance.',
    noSeats: 'This performance has no seats with numbers.',
    cancelled: 'This performance is cancelled.',
    map: (title: string) => `Seats of ${title}`,
    keys: 'Arrow keys move, Enter chooses a seat or takes it out, plus and minus zoom.',
    mode: 'What a drag does',
    modes: { choose: 'Choose seats', move: 'Move the map' },
    rectangle: 'What a rectangle does',
    rectangles: { add: 'Add', remove: 'Take out' },
    hints: {
      choose: 'Draw a rectangle; with Shift it takes seats out.',
      move: 'Drag to move, click to choose.',
    },
    isBlocked: 'blocked',
    blockedFor: (reason: string) => `blocked: ${reason}`,
    isChosen: 'chosen',
    chosenLegend: 'Chosen',
    keptUntil: (time: string) => `kept until ${time}`,
    keptToTheEnd: 'kept for people who need it',
    notKept: 'on sale to everybody',
    run: (section: string | null, row: string | null, from: string, to: string) =>
      [section, row && `Row ${row}`, `Seats ${from}–${to}`].filter(Boolean).join(', '),
    andMore: (count: string) => `and ${count} more`,

    byName: 'Without the map',
    byNameWhy: 'Leave the numbers empty for whole rows.',
    allSections: 'All sections',
    allRows: 'All rows',
    none: '–',
    from: 'First seat',
    to: 'Last seat',
    add: 'Add',
    remove: 'Take out',
    noMatch: 'No seat matches.',

    chosen: 'Chosen seats',
    nothing: 'No seat is chosen.',
    count: (count: number, shown: string) => `${shown} seat${s(count)} chosen`,
    clear: 'Choose none',
    block: 'Block…',
    blockTitle: (count: number, shown: string) => `Block ${shown} seat${s(count)}?`,
    blockText: 'Nobody can buy them until they are released. Buyers see them as not for sale.',
    blockAgain: (count: number, shown: string) =>
      `${shown} seat${s(count)} of them ${count === 1 ? 'is' : 'are'} blocked already, and ${count === 1 ? 'gets' : 'get'} the new reason.`,
    leftOut: (count: number, shown: string) =>
      `${shown} held or sold seat${s(count)} cannot be blocked, and ${count === 1 ? 'stays' : 'stay'} as ${count === 1 ? 'it is' : 'they are'}.`,
    blockNow: 'Block',
    release: 'Release…',
    releaseTitle: (count: number, shown: string) => `Release ${shown} blocked seat${s(count)}?`,
    releaseText: 'Everybody can buy them at once, while the sale is open.',
    releaseNow: 'Release',

    progress: (number: string, all: string) => `Command ${number} of ${all} is under way.`,
    outcome: 'What was done',
    done: {
      block: (count: number, shown: string) => `${shown} seat${s(count)} blocked.`,
      release: (count: number, shown: string) => `${shown} seat${s(count)} released.`,
    },
    pieces: (done: string, all: string) => `${done} of ${all} commands were carried out.`,
    skipped: {
      block: (count: number, shown: string) =>
        `${shown} seat${s(count)} skipped, because a buyer holds or has bought ${count === 1 ? 'it' : 'them'}:`,
      release: (count: number, shown: string) =>
        `${shown} seat${s(count)} skipped, because somebody else has released ${count === 1 ? 'it' : 'them'}:`,
    },
    left: (count: number, shown: string) => `${shown} seat${s(count)} not done, and still chosen:`,

    blocked: 'Blocked seats',
    noneBlocked: 'No seat is blocked.',
    reasonUnknown: 'The reason is being read.',
    chooseAll: 'Choose',
    chooseAllOf: (reason: string) => `Choose the seats that are blocked for “${reason}”`,
  },
};

export const ko: typeof en = {
  places: {
    open: '좌석 판매 제외·해제',
    notFound: '이 공연에 없는 회차입니다.',
    noSeats: '이 회차에는 번호가 있는 좌석이 없습니다.',
    cancelled: '취소된 회차입니다.',
    map: (title) => `${title} 좌석`,
    keys: '방향키로 이동하고, Enter로 좌석을 선택하거나 선택을 풉니다. + 와 - 로 확대·축소합니다.',
    mode: '끌기 동작',
    modes: { choose: '좌석 선택', move: '지도 이동' },
    rectangle: '사각형 동작',
    rectangles: { add: '추가', remove: '빼기' },
    hints: {
      choose: '사각형을 그려 선택하고, Shift를 누르면 뺍니다.',
      move: '끌어서 이동하고, 눌러서 선택합니다.',
    },
    isBlocked: '판매 제외',
    blockedFor: (reason) => `판매 제외: ${reason}`,
    isChosen: '선택함',
    chosenLegend: '선택한 좌석',
    keptUntil: (time) => `${time}까지 보류`,
    keptToTheEnd: '필요한 분을 위해 보류',
    notKept: '누구나 구매 가능',
    run: (section, row, from, to) =>
      [section, row && `${row}열`, `${from}–${to}번`].filter(Boolean).join(' '),
    andMore: (count) => `외 ${count}건`,

    byName: '지도 없이 선택',
    byNameWhy: '번호를 비워 두면 열 전체가 선택됩니다.',
    allSections: '전체 구역',
    allRows: '전체 열',
    none: '–',
    from: '첫 좌석',
    to: '마지막 좌석',
    add: '추가',
    remove: '빼기',
    noMatch: '해당하는 좌석이 없습니다.',

    chosen: '선택한 좌석',
    nothing: '선택한 좌석이 없습니다.',
    count: (_, shown) => `좌석 ${shown}개 선택`,
    clear: '모두 선택 해제',
    block: '판매 제외…',
    blockTitle: (_, shown) => `좌석 ${shown}개를 판매에서 제외할까요?`,
    blockText: '해제할 때까지 아무도 살 수 없습니다. 구매자에게는 판매하지 않는 좌석으로 보입니다.',
    blockAgain: (_, shown) => `그중 ${shown}개는 이미 판매 제외된 좌석이며, 사유만 바뀝니다.`,
    leftOut: (_, shown) => `선점되거나 판매된 ${shown}개는 제외할 수 없어 그대로 둡니다.`,
    blockNow: '판매 제외',
    release: '제외 해제…',
    releaseTitle: (_, shown) => `판매 제외된 좌석 ${shown}개를 해제할까요?`,
    releaseText: '판매 중이면 누구나 바로 살 수 있습니다.',
    releaseNow: '해제',

    progress: (number, all) => `명령 ${all}개 중 ${number}번째를 처리하고 있습니다.`,
    outcome: '처리 결과',
    done: {
      block: (_, shown) => `좌석 ${shown}개를 판매에서 제외했습니다.`,
      release: (_, shown) => `좌석 ${shown}개를 해제했습니다.`,
    },
    pieces: (done, all) => `명령 ${all}개 중 ${done}개를 처리했습니다.`,
    skipped: {
      block: (_, shown) => `선점되었거나 판매된 좌석 ${shown}개는 건너뛰었습니다:`,
      release: (_, shown) => `다른 운영자가 이미 해제한 좌석 ${shown}개는 건너뛰었습니다:`,
    },
    left: (_, shown) => `좌석 ${shown}개는 처리하지 못했고, 선택된 채로 남아 있습니다:`,

    blocked: '판매 제외된 좌석',
    noneBlocked: '판매 제외된 좌석이 없습니다.',
    reasonUnknown: '사유를 읽는 중입니다.',
    chooseAll: '선택',
    chooseAllOf: (reason) => `‘${reason}’ 사유로 제외된 좌석 선택`,
  },
};
