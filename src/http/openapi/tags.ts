/** The tags of the OpenAPI document, under which routes are grouped. */

export const TAGS = {
  auth: 'The authenticated user, and access tokens for development.',
  queue: 'The waiting queue. Admitted users may book.',
  operators: 'Monitoring and control for operators.',
  orders: 'Hold places together, pay for them, cancel them.',
  bookings: 'Single places: hold them as orders of one, pay for them, cancel them.',
  concerts: 'Concerts and their schedules.',
  halls: 'Halls and their saved versions, of which schedules are made.',
  seats: 'The seats of a schedule and their states.',
  draws: 'Draws that randomize the order of a waiting queue.',
  payments:
    'Card payments: begin one, see what became of it, receive the events of payment providers.',
  tickets: 'What paid places are shown with at the entrance, and who has entered.',
  points: 'The balance and history of a user’s points.',
  jobs: 'Commands and their outcomes.',
  health: 'Endpoints for probes and Prometheus.',
} as const;

export type Tag = keyof typeof TAGS;
