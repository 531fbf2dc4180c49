import { publicId } from '../core/id.ts';
import type { Difference } from '../pipeline/compare/compare.ts';
import type { Diff } from '../pipeline/compare/diff.ts';

/** A diff as the API and `-o json` show it (CONTRACT §5). */
export function diffView({ summary, changes }: Pick<Diff, 'summary' | 'changes'>) {
  return { summary, changes: changes.map(changeView) };
}

/** One difference; a field that one side lacks has no member for it. */
function changeView({ kind, event, mapping, part, before, after, fields }: Difference) {
  return {
    kind,
    eventId: publicId('evt', event.id),
    event: event.name,
    member: event.member,
    mapping,
    part,
    before,
    after,
    fields,
  };
}
