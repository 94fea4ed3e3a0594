/** The addresses that open a gate: what the board writes, the phone reads, and nothing else opens one. */
import { expect, test } from 'vitest';
import { addressOfGate, openingIn, titleOfGate } from '../../../../src/web/gate/address.ts';

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

test('a long title of a concert is cut, and the time of the performance stays', () => {
  const start = '1 May 2031, 19:00';
  expect(titleOfGate('가'.repeat(41), start)).toBe(`${'가'.repeat(39)}…, ${start}`);
  expect(titleOfGate('가'.repeat(40), start)).toBe(`${'가'.repeat(40)}, ${start}`);
  expect(titleOfGate('🎻'.repeat(50), start)).toBe(`${'🎻'.repeat(39)}…, ${start}`);
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
