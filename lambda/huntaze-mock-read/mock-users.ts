import { answers, type UserReadAnswer } from '../shared/user-read';

/** The two users of the in-memory store. Their names are inferred: documents say how many there are, not who. */
const users: ReadonlyMap<string, { readonly id: string; readonly email: string; readonly name: string }> = new Map(
  [
    { id: 'user-1', email: 'user-1@example.com', name: 'First user' },
    { id: 'user-2', email: 'user-2@example.com', name: 'Second user' },
  ].map((user) => [user.id, user]),
);

export function readMockUser(userId: string): UserReadAnswer {
  const user = users.get(userId);
  return user ? answers.found(user) : answers.notFound();
}
