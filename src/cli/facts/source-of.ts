import { PointsmanError } from '../../core/errors.ts';

/** What a config holds under a source's name; the only one when none is given. Throws `CLI_USAGE`. */
export function sourceOf<Source>(sources: ReadonlyMap<string, Source>, name: string | undefined): Source {
  const [first, ...others] = sources.values();
  const found = name === undefined && others.length === 0 ? first : sources.get(name ?? '');
  if (found) return found;
  const problem = name === undefined ? 'Name the source with --source' : `There is no source ${name}`;
  throw new PointsmanError('CLI_USAGE', `${problem}; the config has: ${[...sources.keys()].join(', ')}`);
}
