const DAY_MS = 24 * 60 * 60 * 1000;
const REMEMBERED_DAYS = 90;

/**
 * Why Bloomreach keeps an event twice; null when it drops the second. It compares with what it processed in the last 90
 * days, and never with `consent` events. Source: documentation.bloomreach.com, Engagement, Imports, "Deduplication".
 */
export function keepsRepeatedEvent(request: string, ageMs: number): string | null {
  if (isConsent(request)) return 'Bloomreach keeps every repeat of a consent event';
  if (ageMs > REMEMBERED_DAYS * DAY_MS) return `Bloomreach drops repeats for ${REMEMBERED_DAYS} days only`;
  return null;
}

function isConsent(request: string): boolean {
  return (JSON.parse(request) as { readonly event_type?: unknown }).event_type === 'consent';
}
