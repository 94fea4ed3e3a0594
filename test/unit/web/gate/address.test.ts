/** The addresses that open a gate: what the board writes, the phone reads, and nothing else opens one. */
import { expect, test } from 'vitest';
import { addressOfGate, openingIn } from '../../../../src/web/gate/address.ts';

const ORIGIN = 'https://seats.example';
const opening = {
  scheduleId: 7,
  gate: 'Nord & Süd #2',
  title: '겨울 공연, 20:00',
  token: 'a.b-c_d',
};

test('the phone reads what the board writes', () => {
  const address = addressOfGate(ORIGIN, opening);
  expect(new URL(address).search).toBe('');
  expect(openingIn(address, ORIGIN)).toEqual(opening);
  const without = { ...opening, token: null };
  expect(openingIn(addressOfGate(ORIGIN, without), ORIGIN)).toEqual(without);
});

test('a long title is cut, and the address fits into a QR code', () => {
  const address = addressOfGate(ORIGIN, { ...opening, title: '가'.repeat(200) });
  expect(openingIn(address, ORIGIN)?.title).toBe(`${'가'.repeat(39)}…`);
  expect(addressOfGate(ORIGIN, { ...opening, title: '가'.repeat(40) })).toContain(
    encodeURIComponent('가'.repeat(40)),
  );
  const pairs = addressOfGate(ORIGIN, { ...opening, title: '🎻'.repeat(50) });
  expect(openingIn(pairs, ORIGIN)?.title).toBe(`${'🎻'.repeat(39)}…`);
});

test.each([
  'eyJhbGciOiJFZERTQSJ9.eyJ0IjoxfQ.c2ln',
  '',
  'https://elsewhere.example/gate#schedule=7&gate=North',
  'http://seats.example/gate#schedule=7&gate=North',
  'https://seats.example/#schedule=7&gate=North',
  'https://seats.example/gate?schedule=7&gate=North',
  'https://seats.example/gate#schedule=0&gate=North',
  'https://seats.example/gate#schedule=x&gate=North',
  'https://seats.example/gate#schedule=7&gate=%20',
  'https://seats.example/gate#gate=North',
])('%s opens nothing', (text) => {
  expect(openingIn(text, ORIGIN)).toBeUndefined();
});
