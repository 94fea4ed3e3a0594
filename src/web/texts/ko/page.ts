/** The texts of the frame of all views and of signing in, in Korean. */
import type { page as texts } from '../en/page.ts';

export const page: typeof texts = {
  skip: '본문으로 건너뛰기',
  concerts: '공연',
  myOrders: '내 예매',
  signOut: '로그아웃',
  otherLanguage: 'English',
  loading: '불러오는 중…',
  retry: '다시 시도',
  close: '닫기',
  reload: '새로고침',
  points: (amount) => `${amount} 포인트`,
  seats: (count, shown = String(count)) => `${shown}석`,

  signInTitle: '예매하려면 로그인해 주세요',
  yourName: '이름',
  nameHint: '비밀번호가 필요 없는 Seatlane 체험판입니다.',
  accessToken: '액세스 토큰',
  tokenHint:
    'Seatlane에는 자체 로그인 화면이 없습니다. 인증 서비스에서 받은 토큰을 붙여 넣어 주세요.',
  signIn: '로그인',
};
