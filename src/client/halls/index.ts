/**
 * Plans of halls out of files, and where their seats stand. For Node and browsers.
 * It is an entry of its own, because buyers have no use for it.
 */
export { planFromCsv } from './from-csv.ts';
export { planFromPretix } from './from-pretix.ts';
export { type PlacedSeat, seatPositions } from './positions.ts';
