/** The message id that carries a sequence number: a UUID whose last group is the number in hex. */
export function messageIdOf(sequence: number): string {
  return `6f2d1c3a-0b5e-4d7f-8a91-${sequence.toString(16).padStart(12, '0')}`;
}

/** The sequence number in a message id; null when it is not one of ours. */
export function sequenceOf(messageId: unknown): number | null {
  if (typeof messageId !== 'string') return null;
  const match = /^6f2d1c3a-0b5e-4d7f-8a91-([0-9a-f]{12})$/.exec(messageId);
  return match?.[1] === undefined ? null : Number.parseInt(match[1], 16);
}
