/** The texts of the page of halls. */

const s = (count: number) => (count === 1 ? '' : 's');

export const en = {
  allHalls: 'All halls',
  halls: {
    none: 'No hall is saved yet.',
    create: 'New hall',
    why: 'A hall is saved once, and performances are made of it. A performance keeps the version of which it was made.',
    version: (version: number) => `Version ${version}`,
    savedAt: (time: string) => `saved ${time}`,
    seats: 'Seats',
    accessible: 'Wheelchair spaces',
    companion: 'Companion seats',
    standing: 'Standing places',
    area: 'Standing area',
    category: 'Category',
    plan: 'Plan',
    map: (hall: string) => `Plan of ${hall}`,
    categories: 'Categories',
    edit: 'Change this hall',
    newTitle: 'New hall',
    editTitle: (hall: string) => `Change ${hall}`,
    name: 'Name of the hall',
    source: 'How to give the seats',
    sources: { lines: 'Type rows', csv: 'CSV', pretix: 'pretix file' },
    rows: 'Rows of seats',
    rowsWhy:
      'A line is some seats of one row that are alike. Seats with consecutive numbers are neighbours.',
    line: (number: number) => `Line ${number}`,
    addLine: 'Add a line',
    removeLine: (number: number) => `Remove line ${number}`,
    tooLong: (lines: string) =>
      `This plan would be ${lines} lines, too many to type. Choose a file with the whole plan.`,
    kind: 'Kind',
    kinds: { '': 'Usual', accessible: 'Wheelchair space', companion: 'Companion seat' },
    csv: 'CSV text',
    csvWhy:
      'The first line names the columns: section, row, from, to, category, kind. kind is accessible, companion or empty.',
    csvFile: 'Read a CSV file',
    pretixFile: 'Seating plan of pretix (JSON)',
    pretixWhy:
      'Save the plan in the editor of pretix, and choose the file. Seats keep their positions. Areas of pretix are pictures, so type standing areas below.',
    areas: 'Standing areas',
    check: 'Check and show',
    faults: (count: number) => `${count} thing${s(count)} to correct`,
    preview: 'Preview',
    previewWhy: 'Nothing is saved yet.',
    save: 'Save hall',
    saveVersion: 'Save as a new version',
    saved: (version: number) => `Version ${version} is saved.`,
    changed: (version: string) =>
      `Somebody else has saved version ${version} of this hall meanwhile. Nothing of yours is saved.`,
    reload: 'Load the newest version',
    reloadWhy: 'What you have typed here is lost then.',
    place: (line: string, column: string | undefined) =>
      column === undefined ? `Line ${line}` : `Line ${line}, column ${column}`,
    areaPlace: (area: string) => `Area ${area}`,
    wholeFile: 'The whole file',
  },
  fromHall: {
    source: 'What is sold',
    typed: 'Rows and areas typed here',
    ofHall: 'Seats of a hall',
    hall: 'Hall',
    choose: 'Choose a hall',
    none: 'No hall is saved yet. Save one on the page of halls.',
    option: (name: string, version: number, seats: string) =>
      `${name}, version ${version}, ${seats}`,
    prices: 'Prices in points',
    accessibleUntil: 'Wheelchair spaces are kept until',
    accessibleWhy:
      'Until then only orders that ask for them get them. Empty: until the sale closes.',
  },
  planFaults: {
    'not-json': 'This is not JSON.',
    'not-csv': 'A quotation mark is never closed.',
    missing: (v: FaultValues) => `${v.column ?? 'A field'} is missing.`,
    'unknown-column': (v: FaultValues) => `There is no column “${v.value}”.`,
    empty: 'There is nothing here.',
    'too-long': (v: FaultValues) => `At most ${v.max} characters are possible.`,
    'not-a-number': (v: FaultValues) => `“${v.value}” is not a whole number.`,
    'out-of-range': (v: FaultValues) =>
      v.max === undefined
        ? `${v.value} is less than ${v.min}.`
        : `${v.value} is not between ${v.min} and ${v.max}.`,
    'wrong-type': (v: FaultValues) => `This must be of the type ${v.type}.`,
    'unknown-kind': (v: FaultValues) =>
      `“${v.value}” is no kind. It can be accessible, companion or empty.`,
    'unknown-category': (v: FaultValues) => `The plan has no category “${v.value}”.`,
    'seat-twice': (v: FaultValues) => `Seat ${v.number} stands there twice, first at ${v.first}.`,
    'category-twice': (v: FaultValues) => `The category “${v.value}” stands already at ${v.first}.`,
    'section-twice': (v: FaultValues) => `The section “${v.value}” stands already at ${v.first}.`,
    'area-twice': (v: FaultValues) => `The area “${v.value}” stands already at ${v.first}.`,
    'too-many': (v: FaultValues) => `There are more than ${v.max}.`,
  },
};

/** What a fault names. */
export type FaultValues = Readonly<Record<string, string | number | undefined>>;

export const ko: typeof en = {
  allHalls: '모든 공연장',
  halls: {
    none: '아직 저장된 공연장이 없습니다.',
    create: '새 공연장',
    why: '공연장을 한 번 저장하면 여러 회차에 쓸 수 있습니다. 회차는 만들 때의 버전을 그대로 씁니다.',
    version: (version) => `버전 ${version}`,
    savedAt: (time) => `${time} 저장`,
    seats: '좌석',
    accessible: '휠체어석',
    companion: '동반자석',
    standing: '스탠딩 자리',
    area: '스탠딩 구역',
    category: '등급',
    plan: '배치도',
    map: (hall) => `${hall} 배치도`,
    categories: '등급',
    edit: '공연장 수정',
    newTitle: '새 공연장',
    editTitle: (hall) => `${hall} 수정`,
    name: '공연장 이름',
    source: '좌석 입력 방법',
    sources: { lines: '직접 입력', csv: 'CSV', pretix: 'pretix 파일' },
    rows: '좌석 열',
    rowsWhy:
      '한 줄은 한 열에서 조건이 같은 좌석들입니다. 번호가 이어지는 좌석은 나란한 좌석입니다.',
    line: (number) => `${number}번째 줄`,
    addLine: '줄 추가',
    removeLine: (number) => `${number}번째 줄 삭제`,
    tooLong: (lines) =>
      `이 배치도는 ${lines}줄이라 직접 고치기에는 너무 깁니다. 전체 배치도가 든 파일을 선택해 주세요.`,
    kind: '종류',
    kinds: { '': '일반', accessible: '휠체어석', companion: '동반자석' },
    csv: 'CSV 내용',
    csvWhy:
      '첫 줄에는 열 이름 section, row, from, to, category, kind를 적습니다. kind는 accessible이나 companion이며 비워 둘 수 있습니다.',
    csvFile: 'CSV 파일 불러오기',
    pretixFile: 'pretix 좌석 배치도(JSON)',
    pretixWhy:
      'pretix 편집기에서 저장한 파일을 선택해 주세요. 좌석 위치는 그대로 유지됩니다. pretix의 구역은 그림일 뿐이므로 스탠딩 구역은 아래에 입력해 주세요.',
    areas: '스탠딩 구역',
    check: '확인하고 미리 보기',
    faults: (count) => `고칠 곳 ${count}개`,
    preview: '미리 보기',
    previewWhy: '아직 저장하지 않았습니다.',
    save: '공연장 저장',
    saveVersion: '새 버전으로 저장',
    saved: (version) => `버전 ${version}으로 저장했습니다.`,
    changed: (version) =>
      `그사이 다른 사람이 이 공연장의 버전 ${version}을 저장했습니다. 입력한 내용은 저장되지 않았습니다.`,
    reload: '최신 버전 불러오기',
    reloadWhy: '불러오면 여기에 입력한 내용은 사라집니다.',
    place: (line, column) =>
      column === undefined ? `${line}번째 줄` : `${line}번째 줄, ${column}`,
    areaPlace: (area) => `${area}번째 구역`,
    wholeFile: '파일 전체',
  },
  fromHall: {
    source: '판매할 자리',
    typed: '열과 구역을 직접 입력',
    ofHall: '공연장의 좌석',
    hall: '공연장',
    choose: '공연장 선택',
    none: '아직 저장된 공연장이 없습니다. 공연장 페이지에서 먼저 저장해 주세요.',
    option: (name, version, seats) => `${name}, 버전 ${version}, ${seats}`,
    prices: '가격(포인트)',
    accessibleUntil: '휠체어석 보류 기한',
    accessibleWhy:
      '그때까지는 휠체어석을 요청한 주문만 예매할 수 있습니다. 비워 두면 예매 종료까지입니다.',
  },
  planFaults: {
    'not-json': 'JSON 파일이 아닙니다.',
    'not-csv': '닫히지 않은 따옴표가 있습니다.',
    missing: (v) => `${v.column ?? '값'}: 빠져 있습니다.`,
    'unknown-column': (v) => `‘${v.value}’ 열은 없습니다.`,
    empty: '비어 있습니다.',
    'too-long': (v) => `${v.max}자까지 쓸 수 있습니다.`,
    'not-a-number': (v) => `정수가 아닌 값입니다: ‘${v.value}’.`,
    'out-of-range': (v) =>
      v.max === undefined
        ? `${v.min}보다 작은 값입니다: ${v.value}.`
        : `${v.min}부터 ${v.max}까지 쓸 수 있습니다. 입력한 값: ${v.value}.`,
    'wrong-type': (v) => `자료형이 ${v.type}이어야 합니다.`,
    'unknown-kind': (v) =>
      `‘${v.value}’ 종류는 없습니다. accessible이나 companion이며 비워 둘 수 있습니다.`,
    'unknown-category': (v) => `배치도에 없는 등급입니다: ‘${v.value}’.`,
    'seat-twice': (v) => `${v.number}번 좌석이 두 번 나옵니다. 처음 나온 곳: ${v.first}.`,
    'category-twice': (v) => `‘${v.value}’ 등급이 두 번 나옵니다. 처음 나온 곳: ${v.first}.`,
    'section-twice': (v) => `‘${v.value}’ 구역이 두 번 나옵니다. 처음 나온 곳: ${v.first}.`,
    'area-twice': (v) => `‘${v.value}’ 구역이 두 번 나옵니다. 처음 나온 곳: ${v.first}.`,
    'too-many': (v) => `${v.max}개를 넘습니다.`,
  },
};
